/**
 * What the daemon answers, one class a subject. A handler turns a wire record into a question to the hypervisor and the
 * answer back; it decides nothing itself.
 *
 * <p>{@link dev.godwit.daemon.handlers.AllHandlers} puts them together and lists what is not supported.
 */
package dev.godwit.daemon.handlers;
