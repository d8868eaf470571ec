package net.app.traffic;

import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.app.core.App;
import net.app.core.AppOptions;
import net.app.core.Counter;
import net.app.core.Receiver;
import net.app.core.Setup;

/** The application that passes every frame of one card on to another, and back, on one thread. */
public final class Forward extends App {
    private final boolean oneWay;
    private final Lane.Counters there = Lane.Counters.named("");
    private final Lane.Counters back = Lane.Counters.named("back_");

    private final List<Setup> setups = new ArrayList<>();
    private Lane[] lanes = {};
    private Receiver[] receivers = {};

    /**
     * @param from address of a card
     * @param to address of another
     * @param oneWay only in that direction
     * @throws DevException INVALID_PARAM if it is the same card
     */
    public Forward(String from, String to, boolean oneWay, AppOptions options) {
        super("forward", List.of(from, to), options);
        if (from.equals(to)) {
            throw new DevException(DevError.INVALID_PARAM, "cannot forward from " + from + " to itself: name two cards");
        }
        this.oneWay = oneWay;
    }

    @Override
    protected void open(List<NetDriverOps> cards) {
        NetDriverOps a = cards.getFirst();
        NetDriverOps b = cards.getLast();
        setups.add(Setup.promiscuous(a));
        Lane first = new Lane(a, b, options().batch(), options().tries(), there);
        if (oneWay) {
            lanes = new Lane[] {first};
            receivers = new Receiver[] {first.receiver()};
        } else {
            setups.add(Setup.promiscuous(b));
            Lane second = new Lane(b, a, options().batch(), options().tries(), back);
            lanes = new Lane[] {first, second};
            receivers = new Receiver[] {first.receiver(), second.receiver()};
        }
    }

    @Override
    protected int poll() {
        int work = 0;
        for (Lane lane : lanes) {
            work += lane.poll();
        }
        return work;
    }

    @Override
    protected void rest(int round, long most) throws InterruptedException {
        Receiver.await(receivers, round, most);
    }

    @Override
    protected int reclaim() {
        int busy = 0;
        for (Lane lane : lanes) {
            busy += lane.reclaim();
        }
        return busy;
    }

    @Override
    protected void close() {
        for (Lane lane : lanes) {
            lane.close();
        }
        lanes = new Lane[0];
        setups.forEach(Setup::undo);
        setups.clear();
    }

    @Override
    protected List<Counter> counted() {
        List<Counter> all = new ArrayList<>(there.all());
        if (!oneWay) {
            all.addAll(back.all());
        }
        return all;
    }

    @Override
    public String arguments() {
        return oneWay ? "one way" : "both ways";
    }

    @Override
    public boolean receivesOn(String card) {
        return card.equals(devices().getFirst()) || !oneWay && card.equals(devices().getLast());
    }

    @Override
    public boolean transmitsOn(String card) {
        return card.equals(devices().getLast()) || !oneWay && card.equals(devices().getFirst());
    }
}
