/**
 * Who can move a guest from where to where, driven how, over which connection: the matrix of all clients,
 * daemons, flows and transports.
 */
package dev.godwit.lab.matrix;
