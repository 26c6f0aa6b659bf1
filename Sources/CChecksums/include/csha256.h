// SHA-256 of two messages at once, by the processor's own instructions for it.
//
// One message leaves those instructions idle half of the time, since each waits for the one before it; two that take turns are
// hashed in the time of one (measured here: 1.6 and 3.2 GB/s).  swift-crypto hashes one.  Only whole blocks are compressed here: what
// a digest is, padding included, is Digest+Pairs.swift's, and a test holds it against swift-crypto for every length.
#ifndef CSHA256_H
#define CSHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has the instructions (x86-64 with SHA-NI).
bool csha256_is_available(void);

/// Takes `blocks` blocks of 64 bytes of one message into its state of eight words.
void csha256_one(uint32_t state[8], const uint8_t *bytes, size_t blocks);

/// The same for two messages, as many blocks of each.
void csha256_two(uint32_t first_state[8], const uint8_t *first, uint32_t second_state[8], const uint8_t *second, size_t blocks);

#endif
