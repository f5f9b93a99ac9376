// What the command line says of itself: the help of each command, and what the exit codes mean.

/** The exit codes. They are part of the interface. */
export const EXIT = {
  done: 0,
  no: 1,
  usage: 2,
  rejected: 3,
  unknown: 4,
  unknownCurrency: 5,
  cannotServe: 6,
  // sysexits.h, EX_IOERR and EX_SOFTWARE.
  cannotWrite: 74,
  defect: 70,
};

const EXIT_CODES = `Exit codes:
  0    done; genuine; valid
  1    not genuine; not a valid address
  2    wrong arguments, no credentials, or a request that cannot be sent: nothing was sent
  3    the gateway refused: no address was taken
  4    no answer, or none to rely on: an address may have been taken, taking another is harmless
  5    the currency is not known here, so nothing can be said
  6    the sandbox cannot start: a taken port, a file that it cannot use
  70   a defect of this package
  74   the output cannot be written: what was done is done
  130  interrupted; 141: nobody reads the output any more`;

const CREDENTIALS = `Credentials:
  ALPHAPO_KEY, ALPHAPO_SECRET and, for another gateway, ALPHAPO_BASE_URL in the environment, or
  --credentials FILE    a file that only you can read: JSON of key, secret and baseUrl, or lines of
                        ALPHAPO_KEY=…; then nothing comes from the environment. Never an argument: other
                        programs can read those`;

const EVERYWHERE = `  --json                one line of JSON: results on standard output, errors on standard error
  --help                this`;

export const OVERVIEW = `usage: alphapo-wasm COMMAND …

  take CURRENCY --foreign-id ID    take a deposit address
  sign                             the signature of the body on standard input
  verify SIGNATURE                 whether it is that of the body on standard input
  check-address ADDRESS CURRENCY   whether an address is one of this currency
  currencies [CODE]                the currencies that are known here
  sandbox                          a gateway on this machine, with a page

  COMMAND --help                   more on one
  --version                        the version of the package

${CREDENTIALS}

${EXIT_CODES}`;

const HELP = {
  take: `usage: alphapo-wasm take CURRENCY --foreign-id ID [options]

Takes a deposit address and prints it. Show the tag, too, if there is one.

  --foreign-id ID             your own reference, which every callback carries
  --end-user-reference TEXT   a lasting pseudonym of the user
  --convert-to CURRENCY       convert every deposit into it
  --amount AMOUNT             BTCLN only: what the invoice is over
  --timeout MILLISECONDS      for the whole call (15000)
  --retries NUMBER            of network failures, 408, 429 and 5xx (2)
${EVERYWHERE}

${CREDENTIALS}`,

  sign: `usage: alphapo-wasm sign < BODY

Prints the signature of the body on standard input, as the header X-Processing-Signature has it. Every byte counts,
a newline at the end too: \`printf '%s' "$body" | alphapo-wasm sign\`.

${EVERYWHERE}

${CREDENTIALS}`,

  verify: `usage: alphapo-wasm verify SIGNATURE < BODY

Says whether the signature is that of the body on standard input, byte for byte: exit code 0 if it is, 1 if not.

${EVERYWHERE}

${CREDENTIALS}`,

  "check-address": `usage: alphapo-wasm check-address ADDRESS CURRENCY

Says whether an address is one of the currency's network, by form and checksum: exit code 0 if it is, 1 if not, 5 where
the currency is not known. With "-" as ADDRESS it is read from standard input. No key, no network.

${EVERYWHERE}`,

  currencies: `usage: alphapo-wasm currencies [CODE]

Lists the currencies that are known here, or tells of one. The gateway's own set depends on your account. No network.

${EVERYWHERE}`,

  sandbox: `usage: alphapo-wasm sandbox [options]

Serves a gateway on this machine until it is interrupted: the same wire, addresses nobody should pay to, deposits that
move nothing, and signed callbacks. A page to look at it and to make deposits is at its root.

  --port PORT            where to listen on 127.0.0.1 (8787; 0 is any free one)
  --callback-url URL     where callbacks are posted, https or http on this machine
  --state FILE           keep everything in this SQLite file across restarts (Node 22.13 or later)
  --time-scale NUMBER    how many times faster deposits live and callbacks are repeated (1)
  --seed NUMBER          the same addresses every time
  --json                 the log as lines of JSON
  --help                 this

Its key pair is made up and printed, unless ALPHAPO_KEY and ALPHAPO_SECRET are set or --credentials FILE has them: then
the secret is not printed. Never production's: the log and the page have deposits signed with it.`,
};

export const helpOf = (command) => `${HELP[command]}\n\n${EXIT_CODES}`;
