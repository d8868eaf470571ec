package net.pci;

import java.util.ArrayList;
import java.util.List;
import net.api.driver.DriverLocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who finds drivers, and which devices they were asked for. Manager's thread. */
final class Locators {
    /** Gets what a locator says of a device, on any thread. */
    interface Answer {
        void given(DriverLocator locator, Slot slot, String text);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Locators.class);

    private final List<DriverLocator> all = new ArrayList<>();
    private final Answer answer;

    Locators(Answer answer) {
        this.answer = answer;
    }

    void add(DriverLocator locator) {
        all.add(locator);
    }

    void remove(DriverLocator locator) {
        all.remove(locator);
    }

    /** It may still speak: one that went can answer late, after the one that came in its place. */
    boolean isHeard(DriverLocator locator) {
        return all.contains(locator);
    }

    /** A device has drivers that match, or none: then all are asked, once. */
    void look(Slot s, boolean driverless) {
        if (!driverless) {
            s.asked = false;
            s.located = "";
        } else if (!s.asked && !all.isEmpty()) {
            s.asked = true;
            for (DriverLocator l : all) {
                try {
                    l.locate(s.device, text -> answer.given(l, s, text));
                } catch (RuntimeException | LinkageError e) {
                    LOG.warn("{}: a locator failed", s.address(), e);
                }
            }
        }
    }
}
