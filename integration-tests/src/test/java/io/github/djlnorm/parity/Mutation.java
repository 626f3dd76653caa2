package io.github.djlnorm.parity;

/** A mistake that is easily made in a normalization layer: a piece of the formula, and its fake. */
enum Mutation {
    NOTHING("", ""),
    UNBIASED_VARIANCE_FOR_NORMALIZING(
            "v = torch.mean(centered * centered, [2], True)",
            "v = torch.sum(centered * centered, [2], True) / (size - 1)"),
    EPSILON_OUTSIDE_THE_ROOT(
            "torch.rsqrt(v + self.epsilon)", "torch.reciprocal(torch.sqrt(v) + self.epsilon)"),
    EPSILON_FORGOTTEN("v + self.epsilon", "v"),
    VARIANCE_BY_DIFFERENCE_OF_SQUARES(
            "v = torch.mean(centered * centered, [2], True)",
            "s = torch.to(grouped, x.dtype)\n"
                    + "    v = torch.to(torch.mean(s * s, [2], True)"
                    + " - torch.square(torch.mean(s, [2], True)), 7)"),
    GROUPS_INTERLEAVED(
            "grouped = torch.reshape(x3, [n, groups, size])",
            "grouped = torch.reshape(torch.transpose(torch.reshape(x3,"
                    + " [n, c // groups, groups, p]), 1, 2), [n, groups, size])"),
    STATISTICS_OVER_THE_BATCH(
            "m = torch.mean(grouped, [2], True)", "m = torch.mean(grouped, [0, 2], True)"),
    GAMMA_OF_THE_GROUP(
            "g = torch.reshape(torch.to(gamma, 7), [1, c, 1])",
            "g = torch.reshape(torch.expand(torch.narrow(torch.reshape(torch.to(gamma, 7),"
                    + " [groups, c // groups]), 1, 0, 1), [groups, c // groups]), [1, c, 1])"),
    GAMMA_OF_THE_NEXT_CHANNEL(
            "g = torch.reshape(torch.to(gamma, 7), [1, c, 1])",
            "g = torch.reshape(torch.roll(torch.to(gamma, 7), [1], [0]), [1, c, 1])"),
    BETA_SCALED_TOO("normalized * g + b", "(normalized + b) * g"),
    NO_GRADIENT_THROUGH_THE_MEAN("centered = grouped - m", "centered = grouped - m.detach()"),
    NO_GRADIENT_THROUGH_THE_VARIANCE("torch.rsqrt(v + ", "torch.rsqrt(v.detach() + "),
    MOMENTUM_SWAPPED(
            "mean * self.momentum + batch_mean * (1. - self.momentum)",
            "mean * (1. - self.momentum) + batch_mean * self.momentum"),
    RUNNING_VARIANCE_BIASED("* p / (p - 1)", ""),
    RUNNING_MEAN_OF_THE_FIRST_INSTANCE(
            "torch.mean(torch.mean(x3, [2]), [0])",
            "torch.mean(torch.narrow(x3, 0, 0, 1), [0, 2])"),
    RUNNING_STATISTICS_IGNORED_IN_EVALUATION("if self.by_running:", "if False:"),
    RUNNING_STATISTICS_MOVED_IN_EVALUATION("if self.moving:", "if self.moving or self.by_running:"),
    MEMORY_TAKEN_FOR_CONTIGUOUS(
            "x3 = torch.reshape(torch.to(x, 7), [n, c, p])",
            "x3 = torch.to(torch.as_strided(x, [n, c, p], [c * p, p, 1]), 7)"),
    LAST_AXIS_TAKEN_FOR_THE_SECOND("", ""),
    STATISTICS_IN_SINGLE_PRECISION(
            "centered = grouped - m", "centered = torch.to(torch.to(grouped - m, 6), 7)");

    private final String piece;
    private final String fake;

    Mutation(String piece, String fake) {
        this.piece = piece;
        this.fake = fake;
    }

    String applyTo(String source) {
        if (!source.contains(piece)) {
            throw new IllegalStateException(name() + " finds nothing to change");
        }
        return piece.isEmpty() ? source : source.replace(piece, fake);
    }
}
