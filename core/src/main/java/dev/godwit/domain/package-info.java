/** Guests, their states, events and figures, and the errors of the field: the words everything else is said in. */
package dev.godwit.domain;
