package net.sim.internal;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import net.api.EthernetAddress;
import net.sim.CardModel;
import net.sim.FxmacConfig;
import net.sim.FxmacModel;
import net.sim.IxgbeConfig;
import net.sim.IxgbeModel;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/** A kind of simulated card. */
enum CardKind {
    /** A virtio network card. */
    VIRTIO("virtio") {
        @Override
        CardModel make(EthernetAddress mac, int mtu) {
            return new VirtioNetModel(VirtioNetConfig.of(mac).withMtu(mtu));
        }
    },
    /** An Intel 82599 with an SFP+ cage and a direct attach cable. It takes the MTU from its driver. */
    IXGBE("82599") {
        @Override
        CardModel make(EthernetAddress mac, int mtu) {
            return new IxgbeModel(IxgbeConfig.of(mac));
        }
    },
    /** Phytium's FXMAC as on the PhytiumPi, a device of a device tree. It takes the MTU from its driver. */
    FXMAC("fxmac") {
        @Override
        CardModel make(EthernetAddress mac, int mtu) {
            return new FxmacModel(FxmacConfig.of(mac));
        }
    };

    private final String text;

    CardKind(String text) {
        this.text = text;
    }

    abstract CardModel make(EthernetAddress mac, int mtu);

    /** As users write it. */
    String text() {
        return text;
    }

    static Optional<CardKind> of(String text) {
        return Arrays.stream(values()).filter(k -> k.text.equals(text)).findFirst();
    }

    static CardKind of(CardModel card) {
        return switch (card) {
            case VirtioNetModel _ -> VIRTIO;
            case IxgbeModel _ -> IXGBE;
            case FxmacModel _ -> FXMAC;
        };
    }

    /** All of them, as users write them. */
    static String all() {
        return Arrays.stream(values()).map(CardKind::text).collect(Collectors.joining(" or "));
    }
}
