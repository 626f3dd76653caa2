package io.github.djlnorm.parity.cases;

/** Which of the parameters a layer has. */
public enum Affine {
    /** Both gamma and beta. */
    SCALE_SHIFT(true, true),
    /** gamma only. */
    SCALE(true, false),
    /** beta only. */
    SHIFT(false, true),
    /** None. */
    NONE(false, false);

    private final boolean scale;
    private final boolean shift;

    Affine(boolean scale, boolean shift) {
        this.scale = scale;
        this.shift = shift;
    }

    public boolean scale() {
        return scale;
    }

    public boolean shift() {
        return shift;
    }
}
