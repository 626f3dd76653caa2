package io.github.djlnorm.conversion;

import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import ai.djl.nn.norm.BatchNorm;
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

/** The layers that take BatchNorm's place in a model, the places for them, and the obstacles. */
final class ConversionPlan {

    private final List<Place> places;
    private final IdentityHashMap<Block, Block> successors = new IdentityHashMap<>();
    private final IdentityHashMap<Block, Set<String>> obstacles = new IdentityHashMap<>();
    private final References references = new References(successors);

    private ConversionPlan(Block model) {
        places = BlockTree.places(model);
    }

    /** Makes a plan, which changes nothing. It is to be carried out or discarded. */
    static ConversionPlan of(Block model, Norm norm) {
        ConversionPlan plan = new ConversionPlan(model);
        try {
            plan.makeSuccessors(norm);
            plan.findReferences();
            return plan;
        } catch (RuntimeException e) {
            plan.discard();
            throw e;
        }
    }

    private void makeSuccessors(Norm norm) {
        for (Place place : places) {
            if (place.block() instanceof BatchNorm layer && !successors.containsKey(layer)) {
                try {
                    successors.put(layer, Successor.of(layer, norm));
                } catch (IllegalArgumentException e) {
                    addObstacle(layer, e.getMessage());
                }
            }
        }
    }

    private void findReferences() {
        for (Place place : places) {
            references.search(place.block());
            if (place.block() instanceof SymbolBlock) {
                addObstacle(
                        place.block(),
                        "it is a model of another framework, which DJL runs as one block; change"
                                + " its normalization where it was made");
            } else if (place.block() instanceof BatchNorm && !isKnownChild(place)) {
                addObstacle(
                        place.block(),
                        "the block around it keeps its children in a way of its own; extend"
                                + " AbstractBlock and use addChildBlock");
            }
        }
        for (Reference reference : references.found()) {
            if (reference.obstacle() != null) {
                addObstacle(reference.layer(), reference.obstacle());
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

    ConversionReport report() {
        List<ConversionReport.Replaced> replaced = new ArrayList<>();
        List<ConversionReport.Kept> kept = new ArrayList<>();
        for (Place place : places) {
            Block block = place.block();
            if (obstacles.containsKey(block)) {
                String reasons = String.join("; and ", obstacles.get(block));
                kept.add(new ConversionReport.Kept(place.path(), Description.of(block), reasons));
            } else if (successors.containsKey(block)) {
                replaced.add(
                        new ConversionReport.Replaced(
                                place.path(),
                                Description.of(block),
                                Description.of(successors.get(block))));
            }
        }
        return new ConversionReport(replaced, kept);
    }

    /** Replaces every layer that has no obstacle, or none if that fails, and returns the model. */
    Block carryOut() {
        discard(obstacles.keySet());
        Deque<Reference> done = new ArrayDeque<>();
        try {
            for (Reference reference : references.found()) {
                if (!obstacles.containsKey(reference.layer())) {
                    done.push(reference);
                    reference.put(successors.get(reference.layer()));
                }
            }
        } catch (RuntimeException e) {
            done.forEach(Reference::restore);
            discard();
            throw e;
        }
        Block model = places.get(0).block();
        return obstacles.containsKey(model) ? model : successors.getOrDefault(model, model);
    }

    /** Frees the layers that were made for nothing. */
    void discard() {
        discard(successors.keySet());
    }

    private void discard(Set<Block> layers) {
        layers.stream().filter(successors::containsKey).map(successors::get).forEach(Block::clear);
    }
}
