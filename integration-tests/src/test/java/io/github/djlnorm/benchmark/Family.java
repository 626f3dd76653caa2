package io.github.djlnorm.benchmark;

import java.awt.Color;

/** Where a contestant comes from, which tells what its process is like, and its color. */
enum Family {
    OURS("djl-norm", 0x2c7a51),
    /** Ours where the C library keeps freed memory. */
    KEEPING_MEMORY("djl-norm with freed memory kept", 0x7fb38f),
    /** Ours as it was in another checkout. */
    BASELINE("djl-norm before", 0x9a9a9a),
    DJL("other ways in DJL", 0xd9a441),
    LIBTORCH("libtorch called directly", 0x3b6fb6),
    PYTHON("PyTorch in Python", 0xc8553d),
    ONNX("ONNX Runtime in Java", 0x7b4fa3);

    private final String label;
    private final int rgb;

    Family(String label, int rgb) {
        this.label = label;
        this.rgb = rgb;
    }

    String label() {
        return label;
    }

    Color color() {
        return new Color(rgb);
    }

    /** Whether it runs the classes of this checkout. */
    boolean isOurs() {
        return this == OURS || this == KEEPING_MEMORY;
    }
}
