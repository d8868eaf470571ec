package net.sim.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code net.sim}. */
@ObjectClassDefinition(name = "Simulated network cards", description = "A simulated host, named sim, with network cards on virtual cables")
public @interface Settings {
    /** Cards, unless somebody says otherwise. */
    int CARDS = 2;
    /** Their kind, unless somebody says otherwise. */
    String KINDS = "virtio";
    /** First five bytes of their addresses, unless somebody says otherwise. */
    String MAC = "02:00:00:00:00";
    /** Their MTU, unless somebody says otherwise. */
    int MTU = 1500;

    /** The host exists. */
    @AttributeDefinition(description = "The simulated host exists")
    boolean enabled() default true;

    /** Number of cards. */
    @AttributeDefinition(description = "Number of cards; every second one sits behind a root port", min = "0", max = "16")
    int cards() default CARDS;

    /** Kinds of cards. */
    @AttributeDefinition(description = "Kind of the cards: virtio, 82599 or fxmac; or a list of kinds that the cards have in turn, such as virtio,fxmac")
    String kinds() default KINDS;

    /** Which cards are joined. */
    @AttributeDefinition(description = "Cables between cards, counted from 0, such as 0-1,2-3. Empty: 0-1, 2-3 and so on. none: no cables")
    String cables() default "";

    /** First five bytes of the addresses. */
    @AttributeDefinition(description = "First five bytes of the cards' MAC addresses; the sixth counts from 1")
    String mac() default MAC;

    /** MTU. */
    @AttributeDefinition(description = "Largest MTU that virtio cards tell their drivers", min = "68", max = "9216")
    int mtu() default MTU;
}
