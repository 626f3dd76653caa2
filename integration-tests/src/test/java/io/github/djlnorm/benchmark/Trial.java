package io.github.djlnorm.benchmark;

/** One contestant at one piece of work. */
record Trial(Contestant contestant, Work work, Input input) {

    Trial with(Contestant another) {
        return new Trial(another, work, input);
    }

    Trial with(Input another) {
        return new Trial(contestant, work, another);
    }

    Call open() {
        return contestant.open(this);
    }

    /** The kernel at work; other versions of the library have no such question. */
    String kernel(Call call) {
        return contestant.family().isOurs() ? call.kernel() : "";
    }

    /** Reads what {@link #toString} writes. */
    static Trial parse(String text) {
        String[] parts = text.split(" ", -1);
        return new Trial(
                Contestant.valueOf(parts[0]), Work.valueOf(parts[1]), Input.parse(parts[2]));
    }

    /** For the command line of a process that works. */
    @Override
    public String toString() {
        return contestant.name() + " " + work.name() + " " + input;
    }
}
