package io.github.djlnorm.conversion;

import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.github.djlnorm.Norm;
import io.github.djlnorm.internal.BlockTree;
import io.github.djlnorm.internal.BlockTree.Place;
import io.github.djlnorm.internal.DjlFields;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The layers that take BatchNorm's place in a model, the places for them, and the obstacles. */
final class ConversionPlan {

    /** Why a model of another framework stays. */
    static final String FOREIGN =
            "it is a model of another framework, which DJL runs as one block; change its"
                    + " normalization where it was made";

    private final Norm norm;
    private final Predicate<Block> isReplaced;
    private final List<Place> places;
    private final LayerSlots slots;
    private final IdentityHashMap<Block, Block> replacements = new IdentityHashMap<>();
    private final IdentityHashMap<Block, Set<String>> obstacles = new IdentityHashMap<>();

    private ConversionPlan(Block model, Norm norm) {
        this.norm = norm;
        isReplaced = BatchNorms.replacedBy(norm);
        places = BlockTree.places(model);
        slots = LayerSlots.of(places, isReplaced);
    }

    /** Makes a plan, which changes nothing. It is to be carried out or discarded. */
    static ConversionPlan of(Block model, Norm norm) {
        ConversionPlan plan = new ConversionPlan(model, norm);
        try {
            plan.makeReplacements();
            plan.findObstacles();
            return plan;
        } catch (RuntimeException e) {
            plan.discard();
            throw e;
        }
    }

    private void makeReplacements() {
        for (Place place : places) {
            Block layer = place.block();
            if (isReplaced.test(layer) && !replacements.containsKey(layer)) {
                try {
                    replacements.put(layer, ReplacementLayer.of(layer, norm));
                } catch (IllegalArgumentException e) {
                    addObstacle(layer, e.getMessage());
                }
            }
        }
    }

    private void findObstacles() {
        for (Place place : places) {
            if (place.block() instanceof SymbolBlock) {
                addObstacle(place.block(), FOREIGN);
            } else if (isReplaced.test(place.block()) && !isKnownChild(place)) {
                addObstacle(
                        place.block(),
                        "the block around it keeps its children in a way of its own; extend"
                                + " AbstractBlock and use addChildBlock");
            }
        }
        for (Slot slot : slots.found()) {
            Block replacement = replacements.get(slot.value());
            String obstacle = replacement == null ? null : slot.obstacleFor(replacement);
            if (obstacle != null) {
                addObstacle((Block) slot.value(), obstacle);
            }
        }
    }

    private static boolean isKnownChild(Place place) {
        return place.parent() == null
                || (place.parent().block() instanceof AbstractBlock parent
                        && DjlFields.children(parent).values().stream()
                                .anyMatch(child -> child == place.block()));
    }

    private void addObstacle(Block block, String reason) {
        obstacles.computeIfAbsent(block, b -> new LinkedHashSet<>()).add(reason);
    }

    /**
     * Tells what is replaced and what is not.
     *
     * @param done whether the plan was carried out
     */
    ConversionReport report(boolean done) {
        List<ConversionReport.Replaced> replaced = new ArrayList<>();
        List<ConversionReport.Kept> kept = new ArrayList<>();
        for (Place place : places) {
            Block block = place.block();
            if (obstacles.containsKey(block)) {
                String reasons = String.join("; and ", obstacles.get(block));
                kept.add(new ConversionReport.Kept(place.path(), Description.of(block), reasons));
            } else if (replacements.containsKey(block)) {
                replaced.add(
                        new ConversionReport.Replaced(
                                place.path(),
                                Description.of(block),
                                Description.of(replacements.get(block), norm)));
            }
        }
        kept.addAll(slots.kept());
        return new ConversionReport(done, replaced, kept);
    }

    /** Replaces every layer that has no obstacle, or none if that fails, and returns the model. */
    Block carryOut() {
        discard(obstacles.keySet());
        Deque<Slot> done = new ArrayDeque<>();
        try {
            for (Slot slot : slots.found()) {
                if (!obstacles.containsKey(slot.value())) {
                    done.push(slot);
                    slot.put(replacements.get(slot.value()));
                }
            }
        } catch (RuntimeException e) {
            done.forEach(Slot::restore);
            discard();
            throw e;
        }
        release();
        Block model = places.get(0).block();
        return obstacles.containsKey(model) ? model : replacements.getOrDefault(model, model);
    }

    /** Frees the arrays of the layers that nothing in the model holds any more. */
    private void release() {
        obstacles.keySet().forEach(slots::keep);
        Block model = places.get(0).block();
        for (Block layer : replacements.keySet()) {
            // The model itself was in no place that could have been changed: its user holds it.
            if (!obstacles.containsKey(layer) && layer != model) {
                layer.getDirectParameters().values().stream()
                        .filter(parameter -> !slots.mayBeShared(parameter))
                        .forEach(Parameter::close);
            }
        }
    }

    /** Frees the layers that were made for nothing. */
    void discard() {
        discard(replacements.keySet());
    }

    private void discard(Set<Block> layers) {
        layers.stream()
                .filter(replacements::containsKey)
                .map(replacements::get)
                .forEach(Block::clear);
    }
}
