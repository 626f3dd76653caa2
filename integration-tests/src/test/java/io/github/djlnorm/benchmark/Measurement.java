package io.github.djlnorm.benchmark;

/**
 * What a process tells of a trial.
 *
 * @param value microseconds of a call, or KiB
 * @param callsBefore how many calls it had made when the time began to count
 * @param kernel the kernel of ours that did it, or nothing
 */
record Measurement(double value, long callsBefore, String kernel) {}
