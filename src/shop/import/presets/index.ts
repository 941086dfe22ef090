import { amazon } from './amazon.ts'
import { ebay } from './ebay.ts'
import { etsy } from './etsy.ts'
import { magento } from './magento.ts'
import type { Preset } from './preset.ts'
import { prestashop } from './prestashop.ts'
import { shopify } from './shopify.ts'
import { square } from './square.ts'
import { squarespace } from './squarespace.ts'
import { wix } from './wix.ts'
import { woocommerceApi } from './woocommerce-api.ts'
import { woocommerceLines } from './woocommerce-lines.ts'
import { woocommerce } from './woocommerce.ts'

export const presets: readonly Preset[] = [
  amazon,
  ebay,
  etsy,
  magento,
  prestashop,
  shopify,
  square,
  squarespace,
  wix,
  woocommerce,
  woocommerceApi,
  woocommerceLines,
]
