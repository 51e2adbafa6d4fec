/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whole messages as commented hex for hex_bytes(). Those of the RFCs are theirs, byte for byte; the
 * others were computed by a program that shares nothing with this one. */
#ifndef TEST_SUPPORT_VECTORS_H
#define TEST_SUPPORT_VECTORS_H

/* Of RFC 5769 sections 2.1 to 2.3, and of the ICE checks below. */
#define VECTOR_ICE_PASSWORD "VOkJxbRl1RmTxUk/WvJxBt"

/* RFC 5769 section 2.1 */
static const char vector_rfc5769_request[] =
    "0001 0058 # type, length 88\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "8022 0010 # SOFTWARE\n"
    "  5354554e207465737420636c69656e74\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "8029 0008 # ICE-CONTROLLED\n"
    "  932ff9b151263b36\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659202020\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2\n"
    "8028 0004 # FINGERPRINT\n"
    "  e57a3bcf\n";

/* RFC 5769 section 2.2: 192.0.2.1:32853 */
static const char vector_rfc5769_ipv4[] =
    "0101 003c # type, length 60\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "8022 000b # SOFTWARE\n"
    "  7465737420766563746f7220\n"
    "0020 0008 # XOR-MAPPED-ADDRESS\n"
    "  0001a147e112a643\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  2b91f599fd9e90c38c7489f92af9ba53f06be7d7\n"
    "8028 0004 # FINGERPRINT\n"
    "  c07d4c96\n";

/* RFC 5769 section 2.3: [2001:db8:1234:5678:11:2233:4455:6677]:32853 */
static const char vector_rfc5769_ipv6[] =
    "0101 0048 # type, length 72\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "8022 000b # SOFTWARE\n"
    "  7465737420766563746f7220\n"
    "0020 0014 # XOR-MAPPED-ADDRESS\n"
    "  0002a1470113a9faa5d3f179bc25f4b5bed2b9d9\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  a382954e4be67bf11784c97c8292c275bfe3ed41\n"
    "8028 0004 # FINGERPRINT\n"
    "  c8fb0b4c\n";

/* RFC 5769 section 2.4 */
static const char vector_rfc5769_long_term[] =
    "0001 0060 # type, length 96\n"
    "2112a44278ad3433c6ad72c029da412e # cookie, transaction id\n"
    "0006 0012 # USERNAME\n"
    "  e3839ee38388e383aae38383e382afe382b90000\n"
    "0015 001c # NONCE\n"
    "  662f2f3439396b39353464364f4c33346f4c39465354767936347341\n"
    "0014 000b # REALM\n"
    "  6578616d706c652e6f726700\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  f67024656dd64a3e02b8e0712e85c9a28ca89666\n";

/* MD5 of user, realm example.org and password TheMatrIX of RFC 5769 section 2.4 */
static const char vector_rfc5769_key[] = "e8ca7ad59d5eb0518e312911d2dab2a9";

/* RFC 8489 appendix B.1 as erratum 6268 corrects it */
static const char vector_rfc8489_b1[] =
    "0001 0090 # type, length 144\n"
    "2112a44278ad3433c6ad72c029da412e # cookie, transaction id\n"
    "001e 0020 # USERHASH\n"
    "  4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704\n"
    "0015 0029 # NONCE\n"
    "  6f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39\n"
    "  465354767936347341000000\n"
    "0014 000b # REALM\n"
    "  6578616d706c652e6f726700\n"
    "001d 0004 # PASSWORD-ALGORITHM\n"
    "  00020000\n"
    "001c 0020 # MESSAGE-INTEGRITY-SHA256\n"
    "  b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65\n";

/* SHA-256 of the same user, realm and password */
static const char vector_rfc8489_key[] =
    "dd295a613b9058c3c23d6dc7165bda072304d989c9d0af3a8c7e184b4f9bb4a1";

/* RFC 8489 appendix B.1 as it was printed: the length does not fit the message */
static const char vector_rfc8489_b1_printed[] =
    "0001 009c # type, length 156\n"
    "2112a44278ad3433c6ad72c029da412e # cookie, transaction id\n"
    "001e 0020 # USERHASH\n"
    "  4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704\n"
    "0015 0029 # NONCE\n"
    "  6f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39\n"
    "  465354767936347341000000\n"
    "0014 000b # REALM\n"
    "  6578616d706c652e6f726700\n"
    "001c 0020 # MESSAGE-INTEGRITY-SHA256\n"
    "  e4686c8f0edeb59013e07090010a93efccbccc544c0a45d9f830aa6d6f735a01\n";

/* [MS-ICE2] check of version 2, key VECTOR_ICE_PASSWORD: the length of the wire, zeros up to a
 * multiple of 64, standard CRC. */
static const char vector_ice2_standard[] =
    "0001 0054 # type, length 84\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "802a 0008 # ICE-CONTROLLING\n"
    "  932ff9b151263b36\n"
    "8054 0004 # CANDIDATE-IDENTIFIER\n"
    "  37000000\n"
    "8070 0004 # IMPLEMENTATION-VERSION\n"
    "  00000002\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  3116945d799775bf0711ac8a58095f7572bbb5a3\n"
    "8028 0004 # FINGERPRINT\n"
    "  cb3d4e09\n";

/* Its second copy, whose CRC meets entry 0x5A of the legacy table. */
static const char vector_ice2_legacy[] =
    "0001 0054 # type, length 84\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "802a 0008 # ICE-CONTROLLING\n"
    "  932ff9b151263b36\n"
    "8054 0004 # CANDIDATE-IDENTIFIER\n"
    "  37000000\n"
    "8070 0004 # IMPLEMENTATION-VERSION\n"
    "  00000002\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  3116945d799775bf0711ac8a58095f7572bbb5a3\n"
    "8028 0004 # FINGERPRINT\n"
    "  afd28231\n";

/* Key VECTOR_ICE_PASSWORD, length rewritten, no zeros. */
static const char vector_text_rfc[] = "0001 0038 # type, length 56\n"
                                      "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
                                      "0024 0004 # PRIORITY\n"
                                      "  6e0001ff\n"
                                      "0006 0009 # USERNAME\n"
                                      "  6576746a3a68367659000000\n"
                                      "0008 0014 # MESSAGE-INTEGRITY\n"
                                      "  62b4ec02a5a503e5714b84b57bcd762f54b24723\n"
                                      "8028 0004 # FINGERPRINT\n"
                                      "  23bd1857\n";

/* Key VECTOR_ICE_PASSWORD, length as sent, no zeros. */
static const char vector_text_wire_length[] =
    "0001 0038 # type, length 56\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  9371a676c50702ad2e7c2c2bd1ecaa43aeea0e62\n"
    "8028 0004 # FINGERPRINT\n"
    "  aec14789\n";

/* Key VECTOR_ICE_PASSWORD, length rewritten, zeros to 64. */
static const char vector_text_padded[] =
    "0001 0038 # type, length 56\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  aa0adf96f4259b2e89334fc800b6a43f3ce6e9d9\n"
    "8028 0004 # FINGERPRINT\n"
    "  c7288422\n";

/* Key VECTOR_ICE_PASSWORD, length as sent, zeros to 64. */
static const char vector_text_wire_padded[] =
    "0001 0038 # type, length 56\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  f673f2754ef485b2b687ad415cfca2feca7e5579\n"
    "8028 0004 # FINGERPRINT\n"
    "  0e8573a3\n";

/* MD5("lync:rtcmedia:secret") */
static const char vector_ms_key[] = "48db91fd7a255b89dc2a11ffb0c7f2cf";

/* MS-TURN Allocate Request without the cookie and without padding; HMAC-SHA1. */
static const char vector_ms_allocate[] = "0003 0055 # type, length 85\n"
                                         "8f1cbd01a2c34e5f60718293a4b5c6d7 # transaction id\n"
                                         "000f 0004 # MAGIC-COOKIE\n"
                                         "  72c64bc6\n"
                                         "8008 0004 # MS-VERSION\n"
                                         "  00000003\n"
                                         "0006 0004 # USERNAME\n"
                                         "  6c796e63\n"
                                         "0014 000b # NONCE\n"
                                         "  2266303064636166653122\n"
                                         "0015 000a # REALM\n"
                                         "  227274636d6564696122\n"
                                         "000d 0004 # LIFETIME\n"
                                         "  00000258\n"
                                         "0008 0014 # MESSAGE-INTEGRITY\n"
                                         "  d4592f5a5bab541fa1dcf867c6fdca2ab7fa3fa4\n";

/* The same with HMAC-SHA256 and the cookie of RFC 8489 in the transaction id. */
static const char vector_ms_allocate_sha256[] =
    "0003 0061 # type, length 97\n"
    "2112a442a2c34e5f60718293a4b5c6d7 # cookie, transaction id\n"
    "000f 0004 # MAGIC-COOKIE\n"
    "  72c64bc6\n"
    "8008 0004 # MS-VERSION\n"
    "  00000003\n"
    "0006 0004 # USERNAME\n"
    "  6c796e63\n"
    "0014 000b # NONCE\n"
    "  2266303064636166653122\n"
    "0015 000a # REALM\n"
    "  227274636d6564696122\n"
    "000d 0004 # LIFETIME\n"
    "  00000258\n"
    "0008 0020 # MESSAGE-INTEGRITY\n"
    "  104fae9a8e301b2fe49b9b562f6b009c13d7d4130030f0a551d6fe28e93bc260\n";

/* The same from a sender that pads. */
static const char vector_ms_allocate_padded[] =
    "0003 0058 # type, length 88\n"
    "8f1cbd01a2c34e5f60718293a4b5c6d7 # transaction id\n"
    "000f 0004 # MAGIC-COOKIE\n"
    "  72c64bc6\n"
    "8008 0004 # MS-VERSION\n"
    "  00000003\n"
    "0006 0004 # USERNAME\n"
    "  6c796e63\n"
    "0014 000b # NONCE\n"
    "  226630306463616665312200\n"
    "0015 000a # REALM\n"
    "  227274636d65646961220000\n"
    "000d 0004 # LIFETIME\n"
    "  00000258\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  7b318a83a03c96f17915fe2cebe069677f7a64fb\n";

/* MS-TURN Allocate Success Response: relay 192.0.2.15:3000, reflexive 198.51.100.7:50001. */
static const char vector_ms_response[] = "0103 003c # type, length 60\n"
                                         "8f1cbd01a2c34e5f60718293a4b5c6d7 # transaction id\n"
                                         "000f 0004 # MAGIC-COOKIE\n"
                                         "  72c64bc6\n"
                                         "0001 0008 # MAPPED-ADDRESS\n"
                                         "  00010bb8c000020f\n"
                                         "8020 0008 # MS-XOR-MAPPED-ADDRESS\n"
                                         "  00014c4d492fd906\n"
                                         "8050 0018 # MS-SEQUENCE-NUMBER\n"
                                         "  000102030405060708090a0b0c0d0e0f1011121300000007\n";

/* MS-TURN Data Indication: REMOTE-ADDRESS 192.0.2.9:50000, which is not XORed. */
static const char vector_ms_data[] = "0115 001d # type, length 29\n"
                                     "2112a442a2c34e5f60718293a4b5c6d7 # cookie, transaction id\n"
                                     "000f 0004 # MAGIC-COOKIE\n"
                                     "  72c64bc6\n"
                                     "0012 0008 # REMOTE-ADDRESS\n"
                                     "  0001c350c0000209\n"
                                     "0013 0005 # DATA\n"
                                     "  68656c6c6f\n";

/* RFC 3489 Binding Request. */
static const char vector_classic_request[] = "0001 0008 # type, length 8\n"
                                             "8f1cbd01a2c34e5f60718293a4b5c6d7 # transaction id\n"
                                             "0003 0004 # CHANGE-REQUEST\n"
                                             "  00000006\n";

/* RFC 3489 Binding Response: 203.0.113.5:4096, from 192.0.2.1:3478, changed 192.0.2.2:3479. */
static const char vector_classic_response[] = "0101 0024 # type, length 36\n"
                                              "8f1cbd01a2c34e5f60718293a4b5c6d7 # transaction id\n"
                                              "0001 0008 # MAPPED-ADDRESS\n"
                                              "  00011000cb007105\n"
                                              "0004 0008 # SOURCE-ADDRESS\n"
                                              "  00010d96c0000201\n"
                                              "0005 0008 # CHANGED-ADDRESS\n"
                                              "  00010d97c0000202\n";

/* Key VECTOR_ICE_PASSWORD, HMAC-SHA256 cut to 16 bytes. */
static const char vector_sha256_16[] = "0001 002c # type, length 44\n"
                                       "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
                                       "0024 0004 # PRIORITY\n"
                                       "  6e0001ff\n"
                                       "0006 0009 # USERNAME\n"
                                       "  6576746a3a68367659000000\n"
                                       "001c 0010 # MESSAGE-INTEGRITY-SHA256\n"
                                       "  b77ec5364e428d6b7282b618e9088aed\n";

/* Key VECTOR_ICE_PASSWORD, HMAC-SHA256 cut to 20 bytes. */
static const char vector_sha256_20[] = "0001 0030 # type, length 48\n"
                                       "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
                                       "0024 0004 # PRIORITY\n"
                                       "  6e0001ff\n"
                                       "0006 0009 # USERNAME\n"
                                       "  6576746a3a68367659000000\n"
                                       "001c 0014 # MESSAGE-INTEGRITY-SHA256\n"
                                       "  c0ec18b258c2616253f742b5a14ae5d951d83d24\n";

/* Key VECTOR_ICE_PASSWORD, HMAC-SHA256 cut to 28 bytes. */
static const char vector_sha256_28[] =
    "0001 0038 # type, length 56\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "001c 001c # MESSAGE-INTEGRITY-SHA256\n"
    "  88b8c3928ee724544332efcba45e7740ecb951b6ade5afc72db68302\n";

/* Key VECTOR_ICE_PASSWORD: the second HMAC covers the first. */
static const char vector_both_hmacs[] =
    "0001 0054 # type, length 84\n"
    "2112a442b7e7a701bc34d686fa87dfae # cookie, transaction id\n"
    "0024 0004 # PRIORITY\n"
    "  6e0001ff\n"
    "0006 0009 # USERNAME\n"
    "  6576746a3a68367659000000\n"
    "0008 0014 # MESSAGE-INTEGRITY\n"
    "  62b4ec02a5a503e5714b84b57bcd762f54b24723\n"
    "001c 0020 # MESSAGE-INTEGRITY-SHA256\n"
    "  5e7c4f181ac66e336a960538ded33a0026ffdc3819ddfbd13bacb05945a78ae4\n";

#endif
