package io.github.djlnorm.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.util.Pair;
import io.github.djlnorm.internal.BlockTree.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a block is, in words: a line for each block with its path, class and options, and a line for
 * each parameter with its type and shape. Words are separated by tabs.
 *
 * <pre>
 * block (root) GroupNorm channels=64 optAxis=1 optEpsilon=1.0E-5 ... setNumGroups=8
 * parameter gamma float32 (64)
 * parameter beta float32 (64)
 * </pre>
 */
final class BlockText {

    private static final String BLOCK = "block";
    private static final String PARAMETER = "parameter";
    private static final String CHANNELS = "channels";

    /** The channels show in the parameters, and momentum changes nothing that was computed. */
    private static final Set<String> MAY_DIFFER = Set.of(CHANNELS, "optMomentum");

    private BlockText() {}

    static String of(Block block) {
        StringBuilder text = new StringBuilder();
        for (Place place : BlockTree.places(block)) {
            Map<String, String> options = options(place.block(), channels(place.block()));
            List<String> words = new ArrayList<>(List.of(BLOCK, place.path(), kind(place)));
            options.forEach((key, value) -> words.add(key + "=" + value));
            text.append(String.join("\t", words)).append('\n');
        }
        for (Pair<String, Parameter> parameter : block.getParameters()) {
            Parameter value = parameter.getValue();
            text.append(
                    "%s\t%s\t%s\t%s\n"
                            .formatted(
                                    PARAMETER,
                                    parameter.getKey(),
                                    value.getArray().getDataType(),
                                    compact(value.getShape())));
        }
        return text.toString();
    }

    private static long channels(Block block) {
        return block instanceof Described described ? described.getChannels() : 0;
    }

    private static Map<String, String> options(Block block, long channels) {
        Map<String, Object> options = new LinkedHashMap<>();
        if (block instanceof Described described) {
            if (channels > 0) {
                options.put(CHANNELS, channels);
            }
            options.putAll(described.options(channels));
        } else if (block instanceof Convolution convolution) {
            options.putAll(ConvolutionOptions.of(convolution));
        } else if (block instanceof BatchNorm norm) {
            options.put("optAxis", DjlFields.axis(norm));
            options.put("optEpsilon", DjlFields.epsilon(norm));
        } else if (block instanceof Linear linear) {
            options.put("setUnits", DjlFields.units(linear));
        } else if (block instanceof LambdaBlock function) {
            options.put("name", function.getName()); // a function tells no more of itself
        }
        Map<String, String> words = new LinkedHashMap<>();
        options.forEach((key, value) -> words.put(key, word(value)));
        return words;
    }

    private static String word(Object value) {
        return value instanceof Shape shape ? compact(shape) : Objects.toString(value, "none");
    }

    private static String compact(Shape shape) {
        return shape.toString().replace(" ", "");
    }

    private static String kind(Place place) {
        return place.block().getClass().getSimpleName();
    }

    /**
     * Checks that a text is that of a block, as far as the block is made up.
     *
     * @throws IllegalArgumentException if it is not
     */
    static void check(String text, Block block) {
        List<String[]> blocks = lines(text, BLOCK);
        List<Place> places = BlockTree.places(block);
        List<String> names = blocks.stream().map(line -> name(line[1], line[2])).toList();
        requireSame(
                places.stream().map(place -> name(place.path(), kind(place))).toList(),
                names,
                "a file must hold the blocks that it is loaded into");
        for (int i = 0; i < blocks.size(); i++) {
            checkOptions(blocks.get(i), places.get(i).block(), names.get(i));
        }
        List<String[]> parameters = lines(text, PARAMETER);
        requireSame(
                block.getParameters().keys(),
                parameters.stream().map(line -> line[1]).toList(),
                "a file must hold the parameters that it is loaded into");
        for (String[] line : parameters) {
            checkShape(block.getParameters().get(line[1]), line);
        }
    }

    private static void requireSame(List<String> expected, List<String> actual, String rule) {
        if (!expected.equals(actual)) {
            int same = 0;
            while (at(expected, same).equals(at(actual, same))) {
                same++;
            }
            throw Refusal.of(
                    rule,
                    at(expected, same),
                    at(actual, same),
                    "load it into what it was saved from, built in the same way");
        }
    }

    private static String at(List<String> names, int index) {
        return index < names.size() ? names.get(index) : "no more than " + names.size();
    }

    private static String name(String path, String kind) {
        return path.equals(BlockTree.ROOT) ? kind : kind + " at " + path;
    }

    private static void checkOptions(String[] line, Block block, String name) {
        Map<String, String> actual = new LinkedHashMap<>();
        for (int i = 3; i < line.length; i++) {
            int equals = line[i].indexOf('=');
            if (equals > 0) {
                actual.put(line[i].substring(0, equals), line[i].substring(equals + 1));
            }
        }
        Map<String, String> expected =
                options(block, Integer.parseInt(actual.getOrDefault(CHANNELS, "0")));
        Set<String> keys = new LinkedHashSet<>(expected.keySet());
        keys.addAll(actual.keySet());
        keys.removeAll(MAY_DIFFER);
        for (String key : keys) {
            if (!Objects.equals(expected.get(key), actual.get(key))) {
                throw Refusal.of(
                        name + " must be built as it was when it was saved",
                        option(key, expected.get(key)),
                        option(key, actual.get(key)),
                        "build it with " + option(key, actual.get(key)));
            }
        }
    }

    private static String option(String key, String value) {
        return "%s(%s)".formatted(key, value);
    }

    private static void checkShape(Parameter parameter, String[] line) {
        if (parameter.isInitialized() && !compact(parameter.getShape()).equals(line[3])) {
            throw Refusal.of(
                    "the block has its shapes since it was initialized",
                    compact(parameter.getShape()) + " for " + line[1],
                    line[3],
                    "load the file into a new block, or clear this one");
        }
    }

    private static List<String[]> lines(String text, String kind) {
        return text.lines()
                .map(line -> line.split("\t", -1))
                .filter(words -> words[0].equals(kind))
                .map(BlockText::whole)
                .toList();
    }

    private static String[] whole(String[] line) {
        if (line.length < 3 || (line[0].equals(PARAMETER) && line.length < 4)) {
            throw new IllegalArgumentException("the file is damaged: a line ends too early");
        }
        return line;
    }
}
