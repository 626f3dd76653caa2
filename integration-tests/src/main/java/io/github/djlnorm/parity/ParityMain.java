package io.github.djlnorm.parity;

/** The parity' program. */
public final class ParityMain {

    private ParityMain() {}

    public static void main(String[] args) {
        System.out.println(args.length);
    }
}
