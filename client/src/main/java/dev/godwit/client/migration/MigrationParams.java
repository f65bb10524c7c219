package dev.godwit.client.migration;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A migration request as the typed parameters of the remote protocol's procedures 302 to 307, and back.
 * Stock hosts refuse names they do not know, so nothing is sent but what they know.
 */
public final class MigrationParams {

    private static final String URI = dev.godwit.wire.remote.MigrationParams.URI;
    private static final String DEST_NAME = dev.godwit.wire.remote.MigrationParams.DEST_NAME;
    private static final String DEST_XML = dev.godwit.wire.remote.MigrationParams.DEST_XML;
    private static final String PERSIST_XML = dev.godwit.wire.remote.MigrationParams.PERSIST_XML;
    private static final String BANDWIDTH = dev.godwit.wire.remote.MigrationParams.BANDWIDTH;
    private static final String GRAPHICS_URI = dev.godwit.wire.remote.MigrationParams.GRAPHICS_URI;
    private static final String LISTEN_ADDRESS = dev.godwit.wire.remote.MigrationParams.LISTEN_ADDRESS;

    private static final String TLS_DESTINATION = dev.godwit.wire.remote.MigrationParams.TLS_DESTINATION;

    private static final Set<String> TEXTS =
            Set.of(URI, DEST_NAME, DEST_XML, PERSIST_XML, GRAPHICS_URI, LISTEN_ADDRESS, TLS_DESTINATION);

    /** Known to the protocol and not acted on: handed on by name, so that whoever must can refuse them. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry(dev.godwit.wire.remote.MigrationParams.BANDWIDTH_POSTCOPY, "ullong"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.BANDWIDTH_AVAIL_SWITCHOVER, "ullong"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.MIGRATE_DISKS, "string"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.MIGRATE_DISKS_DETECT_ZEROES, "string"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.DISKS_PORT, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.DISKS_URI, "string"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION, "string"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION_MT_LEVEL, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION_MT_THREADS, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION_MT_DTHREADS, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION_XBZRLE_CACHE, "ullong"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION_ZLIB_LEVEL, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.COMPRESSION_ZSTD_LEVEL, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.AUTO_CONVERGE_INITIAL, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.AUTO_CONVERGE_INCREMENT, "int"),
            Map.entry(dev.godwit.wire.remote.MigrationParams.PARALLEL_CONNECTIONS, "int"));

    private static final Set<String> REPEATABLE = Set.of(
            dev.godwit.wire.remote.MigrationParams.MIGRATE_DISKS,
            dev.godwit.wire.remote.MigrationParams.MIGRATE_DISKS_DETECT_ZEROES,
            dev.godwit.wire.remote.MigrationParams.COMPRESSION);

    private MigrationParams() {}

    /**
     * The parameters of a request. Its guest, its flags and its {@code others} are not among them.
     *
     * @param request the request
     * @return what stock clients send for it, in the order in which they come to know it
     */
    public static List<TypedParam> of(MigrationRequest request) {
        List<TypedParam> params = new ArrayList<>();
        request.destinationXml().ifPresent(xml -> params.add(TypedParam.text(DEST_XML, xml)));
        request.uri().ifPresent(uri -> params.add(TypedParam.text(URI, uri)));
        request.destinationName().ifPresent(name -> params.add(TypedParam.text(DEST_NAME, name)));
        request.persistentXml().ifPresent(xml -> params.add(TypedParam.text(PERSIST_XML, xml)));
        request.bandwidthMiB().ifPresent(mib -> params.add(TypedParam.unsigned(BANDWIDTH, mib)));
        request.graphicsUri().ifPresent(uri -> params.add(TypedParam.text(GRAPHICS_URI, uri)));
        request.listenAddress().ifPresent(address -> params.add(TypedParam.text(LISTEN_ADDRESS, address)));
        request.tlsDestination().ifPresent(name -> params.add(TypedParam.text(TLS_DESTINATION, name)));
        return params;
    }

    /**
     * The parameters of a request as a source sends them to the destination it drives: in the order of stock sources,
     * and without those that are the source's own affair.
     *
     * @param request the request
     * @return the parameters
     */
    public static List<TypedParam> forPeer(MigrationRequest request) {
        List<TypedParam> params = new ArrayList<>();
        request.destinationXml().ifPresent(xml -> params.add(TypedParam.text(DEST_XML, xml)));
        request.destinationName().ifPresent(name -> params.add(TypedParam.text(DEST_NAME, name)));
        request.uri().ifPresent(uri -> params.add(TypedParam.text(URI, uri)));
        request.bandwidthMiB().ifPresent(mib -> params.add(TypedParam.unsigned(BANDWIDTH, mib)));
        request.graphicsUri().ifPresent(uri -> params.add(TypedParam.text(GRAPHICS_URI, uri)));
        request.listenAddress().ifPresent(address -> params.add(TypedParam.text(LISTEN_ADDRESS, address)));
        request.tlsDestination().ifPresent(name -> params.add(TypedParam.text(TLS_DESTINATION, name)));
        return params;
    }

    /**
     * The request that parameters make.
     *
     * @param guest  what to move; at the destination, as far as it is known there
     * @param flags  how
     * @param params as received
     * @return the request
     * @throws VirtException as a stock host refuses: 74 for an unknown name, 8 for a wrong type or a
     *                       parameter that is given twice
     */
    public static MigrationRequest request(DomainRef guest, Set<MigrationFlag> flags, List<TypedParam> params) {
        Map<String, String> texts = new HashMap<>();
        OptionalLong bandwidth = OptionalLong.empty();
        List<String> others = new ArrayList<>();
        for (TypedParam param : params) {
            String name = param.field();
            if (TEXTS.contains(name)) {
                if (!(param.value() instanceof ParamValue.Text text)) {
                    throw wrongType(param, "string");
                }
                if (texts.put(name, text.value()) != null) {
                    throw twice(name);
                }
            } else if (name.equals(BANDWIDTH)) {
                if (!(param.value() instanceof ParamValue.ULLong number)) {
                    throw wrongType(param, "ullong");
                }
                if (bandwidth.isPresent()) {
                    throw twice(name);
                }
                bandwidth = OptionalLong.of(number.value());
            } else {
                other(param, others);
            }
        }
        return new MigrationRequest(guest, flags, Optional.ofNullable(texts.get(DEST_NAME)),
                Optional.ofNullable(texts.get(DEST_XML)), Optional.ofNullable(texts.get(PERSIST_XML)),
                Optional.ofNullable(texts.get(URI)), Optional.ofNullable(texts.get(LISTEN_ADDRESS)), bandwidth,
                Optional.ofNullable(texts.get(GRAPHICS_URI)), Optional.ofNullable(texts.get(TLS_DESTINATION)),
                Optional.empty(), Optional.empty(), others);
    }

    private static void other(TypedParam param, List<String> others) {
        String name = param.field();
        String type = OTHERS.get(name);
        if (type == null) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.NONE,
                    "parameter '" + name + "' not supported");
        }
        if (!param.value().typeName().equals(type)) {
            throw wrongType(param, type);
        }
        if (others.contains(name)) {
            if (!REPEATABLE.contains(name)) {
                throw twice(name);
            }
        } else {
            others.add(name);
        }
    }

    private static VirtException wrongType(TypedParam param, String wanted) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE, "invalid type '"
                + param.value().typeName() + "' for parameter '" + param.field() + "', expected '" + wanted + "'");
    }

    private static VirtException twice(String name) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.NONE,
                "parameter '" + name + "' occurs multiple times");
    }
}
