/**
 * A queue with two ends and a fixed capacity, in one array. Every operation but insert is
 * constant time and allocates nothing: at thousands of entries a second an array that is
 * spliced at its front would copy all of itself for each frame.
 */
export class Ring<T> {
  private readonly items: (T | undefined)[];
  private head = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    this.items = new Array<T | undefined>(capacity).fill(undefined);
  }

  get length(): number {
    return this.count;
  }

  get full(): boolean {
    return this.count === this.capacity;
  }

  /** The i-th item from the front, or undefined outside of the queue. */
  at(i: number): T | undefined {
    return i < 0 || i >= this.count ? undefined : this.items[(this.head + i) % this.capacity];
  }

  first(): T | undefined {
    return this.at(0);
  }

  last(): T | undefined {
    return this.at(this.count - 1);
  }

  /** Adds at the back. A full queue drops its front, which is returned. */
  push(item: T): T | undefined {
    const dropped = this.full ? this.shift() : undefined;
    this.items[(this.head + this.count) % this.capacity] = item;
    this.count++;
    return dropped;
  }

  /** Adds at the front. A full queue drops its back, which is returned. */
  unshift(item: T): T | undefined {
    const dropped = this.full ? this.pop() : undefined;
    this.head = (this.head + this.capacity - 1) % this.capacity;
    this.items[this.head] = item;
    this.count++;
    return dropped;
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) % this.capacity;
    this.count--;
    return item;
  }

  pop(): T | undefined {
    if (this.count === 0) return undefined;
    const i = (this.head + this.count - 1) % this.capacity;
    const item = this.items[i];
    this.items[i] = undefined;
    this.count--;
    return item;
  }

  /** Where an item stands, or -1. Linear: for the rare cases of a click. */
  indexOf(item: T): number {
    for (let i = 0; i < this.count; i++) if (this.at(i) === item) return i;
    return -1;
  }

  /** The items in order. The queue must not change meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.count; i++) yield this.at(i) as T;
  }
}
