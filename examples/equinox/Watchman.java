import net.api.NetDriverOps;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Tells of every card of the appliance as it comes, and shuts the appliance down after the second. */
public final class Watchman implements BundleActivator {
    private static final int CARDS = 2;

    private ServiceTracker<NetDriverOps, NetDriverOps> cards;

    @Override
    public void start(BundleContext context) {
        cards = new ServiceTracker<>(context, NetDriverOps.class, null) {
            private int seen;

            @Override
            public synchronized NetDriverOps addingService(ServiceReference<NetDriverOps> reference) {
                NetDriverOps card = super.addingService(reference);
                System.out.println(reference.getProperty(NetDriverOps.DEVICE) + " " + card.macAddress() + " " + reference.getProperty(NetDriverOps.DRIVER));
                if (++seen == CARDS) {
                    Thread.ofPlatform().start(() -> shutDown(context));
                }
                return card;
            }
        };
        cards.open();
    }

    private static void shutDown(BundleContext context) {
        try {
            context.getBundle(0).stop();
        } catch (BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop(BundleContext context) {
        cards.close();
    }
}
