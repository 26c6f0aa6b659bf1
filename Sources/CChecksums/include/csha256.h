// SHA-256's compression of whole blocks; what a digest is, padding included, is Tensors/SHA256.swift's.
//
// A hash of our own for two reasons that were measured.  The processor's instructions for SHA-256 wait for each other: two messages
// that take turns are hashed in the time of one (1.6 and 3.2 GB/s here), and no library offers that.  And a library for the rest
// doubled the time of the first build (swift-crypto: 280 s with it, 140 s without).  Tests hold every path against the standard's
// examples and Python's hashlib.
#ifndef CSHA256_H
#define CSHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Takes `blocks` blocks of 64 bytes of one message into its state of eight words.
void csha256_one(uint32_t state[8], const uint8_t *bytes, size_t blocks);

/// The same for two messages, as many blocks of each.
void csha256_two(uint32_t first_state[8], const uint8_t *first, uint32_t second_state[8], const uint8_t *second, size_t blocks);

/// What csha256_one does where the processor has no such instructions.
void csha256_portable(uint32_t state[8], const uint8_t *bytes, size_t blocks);

#endif
