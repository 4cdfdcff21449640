/* main.c - makes every picture and number of the lesson with tern itself.
 *
 *   usage: learn SOURCE OUTPUT [MNIST]      the tree, a folder for the pictures, and the folder that holds MNIST
 *
 * Pictures go to OUTPUT, numbers to standard output, "key value" in each line. What MNIST gives is read from
 * docs/learn/mnist.csv; with MNIST that file is made anew, which takes some minutes. scripts/learn runs it and fills
 * the numbers into the pages. */
#include "course.h"

#include <stdio.h>

int main(int count, char **argument) {
    char figures[4096];
    if (count != 3 && count != 4) {
        fprintf(stderr, "usage: learn SOURCE OUTPUT [MNIST]\n");
        return 2;
    }
    learn_source = argument[1], learn_output = argument[2];
    snprintf(figures, sizeof figures, "%s/docs/learn/mnist.csv", learn_source);
    if (count == 4) mnist_train(argument[3], figures);
    losses_chapter();
    descent_chapter();
    optimizers_chapter();
    mnist_chapter(figures);
    return 0;
}
