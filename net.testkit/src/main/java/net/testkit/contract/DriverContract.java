package net.testkit.contract;

/**
 * What every driver promises, as tests. The author of a driver extends this class, and says in {@link #open} how a card with that driver comes about;
 * {@link EngineCard} does most of it.
 *
 * <p>Each test gets a card of its own, and ends with the proof that after detaching every buffer is back in the pool. Features and faults that a card does
 * not have are skipped in words. Random tests repeat with {@code -Dhotnic.seed=N}, which is printed.
 *
 * <p>The parts: {@code TransferContract} (frames arrive unchanged and are counted), {@code OwnershipContract} (whose a buffer is), {@code SharingContract}
 * (other pools, clones, memory of applications), {@code SettingsContract} (filters, MTU, link), {@code LifecycleContract} (owners, detach, removal),
 * {@code HandOverContract} (a driver is swapped for another version of itself; what a driver that does not hand over cannot promise is skipped).
 */
public abstract class DriverContract extends HandOverContract {
}
