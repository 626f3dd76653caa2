package io.github.djlnorm.internal;

/** The numbers that people write, which a float holds only nearly. */
public final class Decimal {

    private Decimal() {}

    /**
     * Returns the decimal that was written: 0.00001 for 1e-5f, which holds 0.00000999999974.
     *
     * @param written a number as a Java program or a file has it
     * @return the double nearest to the shortest decimal that the float stands for
     */
    public static double of(float written) {
        return Double.parseDouble(Float.toString(written));
    }
}
