/** A category of products. A product name is an adjective, a material and a thing. */
export interface Category {
  /** The prefix of the SKU. */
  readonly code: string
  readonly adjectives: readonly string[]
  readonly materials: readonly string[]
  readonly things: readonly string[]
  /** The lowest and the highest price, in whole units of money. */
  readonly price: readonly [from: number, to: number]
}

const words = (text: string): string[] => text.split(' ')
const phrases = (text: string): string[] => text.split(', ')

export const categories: readonly Category[] = [
  {
    code: 'KIT',
    adjectives: words('Small Large Deep Plain Ribbed Speckled'),
    materials: words('stoneware porcelain enamel glass copper steel'),
    things: phrases('bowl, mug, jug, teapot, butter dish, salt cellar, baking dish, milk pan'),
    price: [4, 60],
  },
  {
    code: 'FUR',
    adjectives: words('Low Tall Narrow Folding Round Stackable'),
    materials: words('oak beech walnut pine ash birch'),
    things: phrases('chair, stool, shelf, desk, bench, side table, coat rack, chest'),
    price: [39, 420],
  },
  {
    code: 'TEX',
    adjectives: words('Striped Checked Plain Quilted Soft Heavy'),
    materials: words('wool linen cotton hemp flannel velvet'),
    things: phrases('blanket, cushion, towel, apron, tablecloth, curtain, bath mat, throw'),
    price: [9, 120],
  },
  {
    code: 'LMP',
    adjectives: words('Round Slim Dimmable Adjustable Little Tall'),
    materials: words('brass paper glass ceramic aluminium bamboo'),
    things: phrases('reading lamp, floor lamp, table lamp, lantern, wall light, pendant light, clip lamp, night light'),
    price: [15, 180],
  },
  {
    code: 'PAP',
    adjectives: words('Ruled Blank Pocket Large Bound Dotted'),
    materials: words('leather linen cork canvas felt kraft-paper'),
    things: phrases('notebook, diary, sketchbook, folder, address book, album, journal, writing pad'),
    price: [3, 40],
  },
  {
    code: 'GDN',
    adjectives: words('Small Large Hanging Weathered Square Sturdy'),
    materials: words('terracotta zinc willow cedar steel slate'),
    things: phrases('planter, trough, trellis, bird table, watering can, edging, flower stand, seed tray'),
    price: [6, 90],
  },
  {
    code: 'TOY',
    adjectives: words('Little Big Painted Rolling Stacking Travel'),
    materials: words('maple beech lime felt cardboard rubberwood'),
    things: phrases('train, puzzle, ark, castle, domino set, kite reel, spinning top, abacus'),
    price: [5, 70],
  },
  {
    code: 'BAG',
    adjectives: words('Small Roomy Folding Padded Weekend Slim'),
    materials: words('canvas leather nylon cord felt waxed-cotton'),
    things: phrases('rucksack, tote bag, wash bag, satchel, pouch, laptop sleeve, messenger bag, shopper'),
    price: [18, 240],
  },
]
