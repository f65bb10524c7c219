/**
 * What only whole hosts can show: guests that move between daemons, daemons that die, stock peers and
 * clients on either side. The hosts themselves are in {@link dev.godwit.lab.host}.
 */
package dev.godwit.lab;
