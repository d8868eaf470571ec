package net.sim.internal;

import java.util.List;
import net.api.DevError;
import net.api.DevException;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands {@code sim:…} of the shell. */
@Component(service = SimCommands.class, property = {"osgi.command.scope=sim", "osgi.command.function=cards", "osgi.command.function=plug",
        "osgi.command.function=unplug", "osgi.command.function=link"})
public final class SimCommands {
    private final Rack rack;

    /** @param rack the cards */
    @Activate
    public SimCommands(@Reference Rack rack) {
        this.rack = rack;
    }

    /** Lists the simulated cards. */
    @Descriptor("lists the simulated cards: address, kind, MAC, link, frames sent, received, dropped for want of buffers, filtered")
    public List<CardInfo> cards() {
        return rack.cards();
    }

    /** Plugs a card in. */
    @Descriptor("plugs in the card unplugged last or, without one, a new card, cabled to the first card without cable")
    public CardInfo plug() {
        return rack.plug();
    }

    /** Plugs a card of a kind in. */
    @Descriptor("plugs in a card of a kind: the one unplugged last or, without one, a new card, cabled to the first card without cable")
    public CardInfo plug(@Descriptor("virtio, 82599 or fxmac") String kind) {
        return rack.plug(CardKind.of(kind).orElseThrow(() -> new DevException(DevError.INVALID_PARAM, "kind '" + kind + "': write " + CardKind.all())));
    }

    /** Pulls a card out. */
    @Descriptor("pulls a card out without warning its driver")
    public CardInfo unplug(@Descriptor("address as in sim:cards, or an end of it that is unique") String address) {
        return rack.unplug(address);
    }

    /** Cuts or mends a cable. */
    @Descriptor("cuts or mends the cable of a card; both ends see it")
    public CardInfo link(@Descriptor("address as in sim:cards, or an end of it that is unique") String address, @Descriptor("up or down") String state) {
        if (!state.equals("up") && !state.equals("down")) {
            throw new DevException(DevError.INVALID_PARAM, "link '" + state + "': write up or down");
        }
        return rack.link(address, state.equals("up"));
    }
}
