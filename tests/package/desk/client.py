"""An independent client of a sandbox over HTTP, on Python's own library: it signs, takes an address of every currency,
deposits to some, and verifies the callbacks that it receives.

It prints where it listens, reads one line of JSON (baseUrl, page, key, secret, codes), and prints what it found.
"""

import hashlib
import hmac
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How long callbacks may take, in seconds.
LONGEST_WAIT = 10

received = []


class Merchant(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((body, self.headers["X-Processing-Key"], self.headers["X-Processing-Signature"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def signature(body, secret):
    return hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()


def post(url, value, headers):
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    for name, make in headers.items():
        request.add_header(name, make(request.data))
    try:
        with urllib.request.urlopen(request, timeout=LONGEST_WAIT) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def take(place, code):
    body = {"currency": code, "foreign_id": f"user-{code}"}
    if code == "BTCLN":
        body["amount"] = 0.0001
    headers = {
        "X-Processing-Key": lambda _: place["key"],
        "X-Processing-Signature": lambda data: signature(data, place["secret"]),
    }
    status, answer = post(f"{place['baseUrl']}/addresses/take", body, headers)
    return {"code": code, "status": status, **answer.get("data", answer)}


def deposit(place, taken, amount):
    order = {"address": taken["address"], "amount": amount, "seconds": 0}
    if taken["tag"] is not None:
        order["tag"] = taken["tag"]
    return post(f"{place['page']}sandbox/deposit", order, {})


def main():
    merchant = ThreadingHTTPServer(("127.0.0.1", 0), Merchant)
    threading.Thread(target=merchant.serve_forever, daemon=True).start()
    print(json.dumps({"port": merchant.server_port}), flush=True)
    place = json.loads(sys.stdin.readline())
    taken = [take(place, code) for code in place["codes"]]
    by_code = {each["code"]: each for each in taken}
    deposits = [deposit(place, by_code[code], amount) for code, amount in (("BTC", "0.5"), ("XRP", "20"))]
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end and sum(b'"status":"confirmed"' in body for body, *_ in received) < 2:
        time.sleep(0.05)
    callbacks = [
        {
            "callback": json.loads(body),
            "escaped": b"\\/" in body,
            "genuine": key == place["key"] and hmac.compare_digest(given, signature(body, place["secret"])),
        }
        for body, key, given in received
    ]
    print(json.dumps({"taken": taken, "deposits": deposits, "callbacks": callbacks}), flush=True)


main()
