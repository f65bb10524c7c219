package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Unsigned;
import java.util.List;
import java.util.Optional;

/**
 * One network interface as the guest sees it.
 *
 * @param name   its name in the guest
 * @param hwaddr its MAC address
 * @param addrs  its addresses
 */
public record DomainInterface(String name, Optional<String> hwaddr, @AtMost(Limits.ADDRESSES) List<Address> addrs) {

    /**
     * One address.
     *
     * @param type   0 IPv4, 1 IPv6
     * @param addr   the address as text
     * @param prefix the length of its network's prefix in bits
     */
    public record Address(int type, String addr, @Unsigned int prefix) {}
}
