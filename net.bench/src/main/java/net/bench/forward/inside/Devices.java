package net.bench.forward.inside;

/** What the shared cards are to the device manager. */
public enum Devices {
    /** PCI functions. */
    FUNCTIONS {
        @Override
        String name(int card) {
            return Functions.address(card).toString();
        }
    },
    /** Nodes of a device tree. */
    NODES {
        @Override
        String name(int card) {
            return Nodes.name(card);
        }
    };

    abstract String name(int card);

    /** A card's address in the runtime. */
    public final String address(int card) {
        return CardHost.HOST + "/" + name(card);
    }
}
