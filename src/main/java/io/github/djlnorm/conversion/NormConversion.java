package io.github.djlnorm.conversion;

import ai.djl.nn.Block;
import io.github.djlnorm.Norm;
import io.github.djlnorm.NormKind;
import io.github.djlnorm.internal.Refusal;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Replaces the BatchNorm layers of a model by {@link io.github.djlnorm.GroupNorm}, {@link
 * io.github.djlnorm.InstanceNorm}, {@link io.github.djlnorm.FrozenBatchNorm} or {@link
 * io.github.djlnorm.SyncBatchNorm}, and those of SyncBatchNorm by DJL's BatchNorm or any of the
 * others.
 *
 * <pre>{@code
 * NormConversion conversion = NormConversion.builder().setNorm(Norm.group(32)).build();
 * System.out.println(conversion.plan(model)); // what would be replaced, by path
 * Block converted = conversion.convert(model).block();
 * }</pre>
 *
 * <p>The model is changed in place: a DJL block cannot be copied, and this way all other blocks and
 * parameters stay the objects that they are. Convert a model before a trainer is made for it, since
 * a trainer knows the parameters that were there when it was made, and after the parameters of its
 * BatchNorms were loaded. What is saved of a converted model is loaded into one that was built and
 * converted in the same way.
 *
 * <ul>
 *   <li>Each new layer takes over the axis and epsilon of the old one, copies of gamma and beta
 *       with their initializers, and whether training changes them; a FrozenBatchNorm the running
 *       statistics too, so that it computes in training and evaluation what the old layer computed
 *       in evaluation; a SyncBatchNorm or BatchNorm these and the momentum, so that it goes on
 *       where the old layer was. The others normalize by other statistics, so that a model
 *       converted to them has to be trained on.
 *   <li>An initialized model can be used at once. One that is not is initialized as ever; whether a
 *       layer fits its input is seen only then.
 *   <li>A layer that is in a model twice becomes one new layer that is in it twice.
 *   <li>The name of a child that names the type, like {@code 02BatchNorm}, names the new one.
 *   <li>GhostBatchNorm is a BatchNorm.
 * </ul>
 *
 * <p>A layer is replaced wherever children, fields, arrays, lists, maps and objects lead from the
 * model's blocks to it. What cannot be replaced is reported with its path: a layer in a field of
 * type BatchNorm or in an unmodifiable list; one that a function captured, such as a lambda or a
 * method reference; one that is no child of the model, which only a function, a field or another
 * object holds; and a model that another framework saved, which is one block for DJL. A function
 * that the JDK made of others, as {@code Function.andThen} does, is closed to reflection and is
 * reported as such. Static fields, thread-locals and the JDK's other objects besides collections,
 * maps, Optional, AtomicReference and the like are not looked into.
 *
 * <p>The arrays of a layer that was replaced are closed, unless the model goes on using them or the
 * layer was the model itself.
 *
 * <p>DJL gives no public way to exchange a child or to ask a BatchNorm for its options, so this is
 * done by reflection on their fields.
 *
 * @see <a href="https://arxiv.org/abs/1803.08494">Wu and He, Group Normalization, ECCV 2018</a>
 */
public final class NormConversion {

    private final Norm norm;
    private final boolean partial;

    private NormConversion(Builder builder) {
        norm = builder.norm;
        partial = builder.partial;
    }

    /**
     * Tells what a conversion would do, and does nothing.
     *
     * @param model a model
     * @return what would be replaced and what could not be
     */
    public ConversionReport plan(Block model) {
        ConversionPlan plan = ConversionPlan.of(model, norm);
        ConversionReport report = plan.report(false);
        plan.discard();
        return report;
    }

    /**
     * Converts a model. If that fails, the model is as it was.
     *
     * @param model a model, which is changed
     * @return the same model, or the new layer if the model was a BatchNorm itself, and what was
     *     done
     * @throws IllegalArgumentException if a layer cannot be replaced and the conversion is not
     *     partial, with the path of each and the reason
     */
    public ConversionResult convert(Block model) {
        ConversionPlan plan = ConversionPlan.of(model, norm);
        ConversionReport report = plan.report(true);
        if (!partial && !report.isComplete()) {
            plan.discard();
            throw incomplete(report);
        }
        return new ConversionResult(plan.carryOut(), report);
    }

    private static IllegalArgumentException incomplete(ConversionReport report) {
        return Refusal.of(
                "a conversion must be able to replace every BatchNorm",
                "no obstacle",
                report.kept().stream()
                        .map(k -> k.path() + " (" + k.block() + "): " + k.reason())
                        .collect(Collectors.joining("\n  ", "\n  ", "\n")),
                "remove the obstacles, or replace only the others with optPartial(true)");
    }

    /**
     * Creates a builder to build a {@code NormConversion}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** The Builder to construct a {@link NormConversion}. */
    public static final class Builder {

        private static final Set<NormKind> UNSUITED = EnumSet.of(NormKind.NONE, NormKind.RMS);

        private Norm norm;
        private boolean partial;

        Builder() {}

        /**
         * Sets what takes the place of BatchNorm and SyncBatchNorm. Required.
         *
         * @param norm any norm but none and rms, which has no shift, with the default axis and
         *     epsilon, since each new layer has those of the old one
         * @return this builder
         */
        public Builder setNorm(Norm norm) {
            this.norm = norm;
            return this;
        }

        /**
         * Sets whether a model is converted although some of its layers cannot be. Defaults to
         * false.
         *
         * @param partial true to replace what can be replaced
         * @return this builder
         */
        public Builder optPartial(boolean partial) {
            this.partial = partial;
            return this;
        }

        /**
         * Builds the conversion.
         *
         * @return a new {@code NormConversion}
         * @throws IllegalArgumentException if the norm is missing, none or rms, or has an axis or
         *     epsilon of its own
         */
        public NormConversion build() {
            if (norm == null || UNSUITED.contains(norm.kind())) {
                throw Refusal.of(
                        "a conversion needs another normalization with a scale and a shift",
                        "a norm other than none and rms",
                        norm,
                        "call setNorm with one such as Norm.group(32)");
            }
            if (!norm.equals(norm.withAxis(1).withEpsilon(1e-5f))) {
                throw Refusal.of(
                        "a conversion keeps the axis and epsilon of each layer",
                        "a norm with the default axis and epsilon",
                        norm,
                        "leave them out");
            }
            return new NormConversion(this);
        }
    }
}
