/* The least native work of one signature: OpenSSL's SHA-512 from the two states after the padded key, bytes in, hex out.
 * The functions are declared here, as OpenSSL 3 has them, so that no headers are needed:
 *   cc -O2 native.c -l:libcrypto.so.3 && ./a.out <body bytes> <repetitions>
 * It prints the nanoseconds of one signature, and the signature. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* SHA512_CTX of openssl/sha.h. */
typedef struct {
    uint64_t h[8], low, high;
    union { uint64_t words[16]; unsigned char bytes[128]; } block;
    unsigned int filled, digest_length;
} Sha512;
int SHA512_Init(Sha512 *);
int SHA512_Update(Sha512 *, const void *, size_t);
int SHA512_Final(unsigned char *, Sha512 *);

static const char SECRET[] = "8jm613ha8ymuitm5a2hfi29gwbyy6qp1";
static const char FRAME[] = "{\"currency\":\"BTC\",\"foreign_id\":\"";

static void after_padded_key(Sha512 *state, unsigned char pad) {
    unsigned char block[128] = {0};
    memcpy(block, SECRET, sizeof SECRET - 1);
    for (int at = 0; at < 128; at++) block[at] ^= pad;
    SHA512_Init(state);
    SHA512_Update(state, block, sizeof block);
}

int main(int count, char **words) {
    if (count != 3) return 2;
    size_t size = strtoul(words[1], 0, 10), repetitions = strtoul(words[2], 0, 10), frame = sizeof FRAME - 1;
    if (size < frame + 2 || repetitions == 0) return 2;
    char *body = malloc(size);
    if (!body) return 1;
    memset(body, 'u', size);
    memcpy(body, FRAME, frame);
    memcpy(body + size - 2, "\"}", 2);
    Sha512 inner, outer;
    after_padded_key(&inner, 0x36);
    after_padded_key(&outer, 0x5c);
    char hex[129] = {0};
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (size_t done = 0; done < repetitions; done++) {
        unsigned char digest[64];
        Sha512 state = inner;
        SHA512_Update(&state, body, size);
        SHA512_Final(digest, &state);
        state = outer;
        SHA512_Update(&state, digest, sizeof digest);
        SHA512_Final(digest, &state);
        for (int at = 0; at < 64; at++) {
            hex[2 * at] = "0123456789abcdef"[digest[at] >> 4];
            hex[2 * at + 1] = "0123456789abcdef"[digest[at] & 15];
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double nanoseconds = (ended.tv_sec - began.tv_sec) * 1e9 + (ended.tv_nsec - began.tv_nsec);
    printf("%.1f %s\n", nanoseconds / repetitions, hex);
    return 0;
}
