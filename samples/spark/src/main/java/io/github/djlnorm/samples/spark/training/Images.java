package io.github.djlnorm.samples.spark.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Preprocessed images with their places among all training images. */
public final class Images implements Serializable {

    private static final long serialVersionUID = 1;

    private final int[] places;
    private final float[] labels;
    private final float[] pixels;

    public Images(int[] places, float[] labels, float[] pixels) {
        this.places = places;
        this.labels = labels;
        this.pixels = pixels;
    }

    public static Images of(List<Images> parts) {
        int size = parts.stream().mapToInt(Images::size).sum();
        int values = parts.stream().mapToInt(part -> part.pixels.length).sum();
        Images all = new Images(new int[size], new float[size], new float[values]);
        int image = 0;
        int value = 0;
        for (Images part : parts) {
            System.arraycopy(part.places, 0, all.places, image, part.size());
            System.arraycopy(part.labels, 0, all.labels, image, part.size());
            System.arraycopy(part.pixels, 0, all.pixels, value, part.pixels.length);
            image += part.size();
            value += part.pixels.length;
        }
        return all;
    }

    public int size() {
        return labels.length;
    }

    public int place(int image) {
        return places[image];
    }

    public float[] labels() {
        return labels;
    }

    public float[] pixels() {
        return pixels;
    }

    /** Those whose place is among some, which are sorted. */
    public Images at(int[] sortedPlaces) {
        List<Images> chosen = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            if (Arrays.binarySearch(sortedPlaces, places[i]) >= 0) {
                chosen.add(image(i));
            }
        }
        return of(chosen);
    }

    /** One of them. */
    public Images image(int i) {
        int values = pixels.length / size();
        return new Images(
                new int[] {places[i]},
                new float[] {labels[i]},
                Arrays.copyOfRange(pixels, i * values, (i + 1) * values));
    }
}
