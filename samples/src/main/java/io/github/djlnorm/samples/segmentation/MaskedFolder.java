package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.Console;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.images.BadImage;
import io.github.djlnorm.samples.images.BadImages;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import me.tongfei.progressbar.ProgressBar;

/**
 * A folder of images and masks, checked before training costs time: each image has a mask of the
 * same name, but for the extension, and of the same size.
 */
final class MaskedFolder {

    private static final String IMAGES = "images";
    private static final String MASKS = "masks";
    private static final int MOST_NAMED = 10;
    private static final int MOST_CLASSES = 256;

    private final Path data;
    private final List<Path> images;
    private final List<Path> masks;

    private MaskedFolder(Path data, Map<String, Path> images, Map<String, Path> masks) {
        this.data = data;
        this.images = List.copyOf(images.values());
        this.masks = List.copyOf(masks.values());
    }

    /**
     * Reads a folder.
     *
     * @throws BadInputException if it cannot be trained on
     */
    static SegmentationData read(Path data) {
        Map<String, Path> images = files(data, IMAGES);
        Map<String, Path> masks = files(data, MASKS);
        requireSame(data, images.keySet(), masks.keySet());
        return new MaskedFolder(data, images, masks).read();
    }

    private static Map<String, Path> files(Path data, String name) {
        Path folder = data.resolve(name);
        if (!Files.isDirectory(folder)) {
            throw new BadInputException(
                    "no folder %s: give one that holds %s/ and %s/"
                            .formatted(folder, IMAGES, MASKS));
        }
        Map<String, Path> files = new TreeMap<>();
        ImageFiles.list(folder).stream()
                .filter(Files::isRegularFile)
                .filter(path -> !path.getFileName().toString().startsWith("."))
                .forEach(path -> add(path, files));
        return files;
    }

    private static void add(Path path, Map<String, Path> files) {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        Path other = files.put(dot > 0 ? name.substring(0, dot) : name, path);
        if (other != null) {
            throw new BadInputException(
                    "%s and %s have the same name: remove one of them".formatted(other, path));
        }
    }

    private static void requireSame(Path data, Set<String> images, Set<String> masks) {
        if (!images.equals(masks)) {
            throw new BadInputException(
                    "the files of %s differ: only in %s/ %s, only in %s/ %s; give each image a mask"
                            .formatted(
                                    data,
                                    IMAGES,
                                    without(images, masks),
                                    MASKS,
                                    without(masks, images)));
        }
        if (images.size() < 2) {
            throw new BadInputException(
                    "%s holds %d images: give at least 2, one to train with and one to test with"
                            .formatted(data.resolve(IMAGES), images.size()));
        }
    }

    private static List<String> without(Set<String> names, Set<String> others) {
        return names.stream().filter(name -> !others.contains(name)).limit(MOST_NAMED).toList();
    }

    private SegmentationData read() {
        List<Integer> values = List.copyOf(values());
        List<String> names = values.stream().map(MaskFile::name).toList();
        boolean mixed = names.get(0).startsWith("#") != names.get(names.size() - 1).startsWith("#");
        if (mixed || values.size() < 2 || values.size() > MOST_CLASSES) {
            throw new BadInputException(
                    "the masks of %s hold %d classes, from %s to %s: give from 2 to %d, either all as numbers or all as colors"
                            .formatted(
                                    data,
                                    values.size(),
                                    names.get(0),
                                    names.get(names.size() - 1),
                                    MOST_CLASSES));
        }
        Map<Integer, Integer> numbers = new TreeMap<>();
        values.forEach(value -> numbers.put(value, numbers.size()));
        return new SegmentationData(
                data.toString(),
                names,
                new FolderScenes(numbers, split(images, false), split(masks, false)),
                new FolderScenes(numbers, split(images, true), split(masks, true)));
    }

    /** What stands for classes in all masks. */
    private Set<Integer> values() {
        Set<Integer> values = new ConcurrentSkipListSet<>();
        BadImages bad = new BadImages();
        try (ProgressBar bar = Console.progressBar("checking images", images.size())) {
            Stream.iterate(0, i -> i + 1)
                    .limit(images.size())
                    .parallel()
                    .forEach(
                            i -> {
                                bad.attempt(images.get(i), () -> values.addAll(values(i)));
                                bar.step();
                            });
        }
        bad.refuse();
        return new TreeSet<>(values);
    }

    private Set<Integer> values(int index) {
        BufferedImage image = ImageDecoder.decode(images.get(index));
        MaskFile mask = MaskFile.read(masks.get(index));
        if (image.getWidth() != mask.image().getWidth()
                || image.getHeight() != mask.image().getHeight()) {
            throw new BadImage(
                    "image %s has %dx%d pixels, its mask %dx%d"
                            .formatted(
                                    images.get(index),
                                    image.getWidth(),
                                    image.getHeight(),
                                    mask.image().getWidth(),
                                    mask.image().getHeight()),
                    "give it a mask of its size");
        }
        return mask.values();
    }

    /** Every fifth file, or the others. */
    private static List<Path> split(List<Path> files, boolean toTest) {
        int step = Math.min(5, files.size());
        List<Path> chosen = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            if ((i % step == step - 1) == toTest) {
                chosen.add(files.get(i));
            }
        }
        return List.copyOf(chosen);
    }
}
