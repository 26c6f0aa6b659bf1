// The CRC-32 of zip by the processor's multiplication without carries: ten times what tables give.
//
// Bytes are folded into 16 that have the same checksum; what that one is, is left to the tables of CRC32.swift, which a test holds
// this against.
#ifndef CCRC32_H
#define CCRC32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has the instruction (x86-64 with PCLMULQDQ).
bool ccrc32_is_available(void);

/// Gives 16 bytes that take the state 0 to what `blocks` blocks of 64 bytes, at least one, take `state` to.
void ccrc32_fold(uint32_t state, const uint8_t *bytes, size_t blocks, uint8_t folded[16]);

#endif
