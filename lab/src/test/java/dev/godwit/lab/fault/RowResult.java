package dev.godwit.lab.fault;

/**
 * What came of a row.
 *
 * @param row     which
 * @param passed  whether all was as it must be
 * @param seconds from the moment at which all daemons and the network were there again, until exactly one copy ran and nothing was open
 * @param where   where the guest was then: {@code source}, {@code destination}, {@code gone}; what is wrong, when it did not pass
 * @param word    what the client said last
 */
record RowResult(Row row, boolean passed, double seconds, String where, String word) {}
