"""Every figure of the random instances: ranges that are drawn from, terms that are fixed, with unit and public source.

Frozen: instances of a seed stay as they are for ever. Who changes a figure, or the order of draws, raises GENERATOR.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GENERATOR = 1
"""Version of these figures and of how they are used; it stands in the name and the title of each instance."""


@dataclass(frozen=True)
class Range:
    """A figure drawn evenly from `low`, `low + step`, ... `high`; one value where `low` is `high`.

    `source` names what was published (collected November 2026), or says that it is an assumption.
    """

    what: str
    low: float
    high: float
    step: float
    unit: str
    source: str


SHARE = "share of them"
ASSUMED = "assumption"

# Sites -------------------------------------------------------------------------------------------------------------------------------
SMALL_SITE = Range("utility of a small site", 40, 100, 10, "MW", "Bitfarms, CleanSpark and IREN in British Columbia: 18 to 100 MW")
MEDIUM_SITE = Range("utility of a medium site", 120, 300, 20, "MW", "Cipher Odessa, Black Pearl and Barber Lake: 207 to 300 MW")
LARGE_SITE = Range("utility of a large site", 350, 750, 50, "MW", "Riot Rockdale 700, Core Scientific Denton 394, IREN Childress 750 MW")
LARGEST_SALE, OWN_PLANT = 100.0, 200.0  # MW of utility: the most of a mine for sale, the least with a plant of its own: assumption
SIZE_WEIGHTS = (4, 4, 2)  # small, medium, large: of some 40 sites of listed miners (2024-2026)
KIND_WEIGHTS = (11, 4, 2, 3)  # running mine, half-used campus, land with power to come, site on offer: assumption
ENERGISED_SHARE = Range("share of a campus or a site on offer that is energised", 0.4, 0.7, 0.1, "share", "IREN Sweetwater 1: half")
LAND_SHARE = Range("land, in MW of IT per MW of utility", 0.75, 1.0, 0.05, "MW per MW", "gross over IT of announced deals: 1.25 to 1.52")
EXPANSION = Range("upgrade of a mine's connection", 0.4, 1.0, 0.1, "share of its MW", "Riot Corsicana 400 of 1,000 MW, Galaxy 800 of 1,630")
EXPANDS = Range("mines with such an upgrade", 0.5, 0.5, 0, SHARE, ASSUMED)
UPGRADE_LEAD = Range("lead of an upgrade", 24, 60, 6, "months", "36 (Pittsburgh) to 84 (Columbus; Avanza 2026), ERCOT less")
UPGRADE_COST = Range("cost of an upgrade", 0.05, 0.25, 0.01, "M$ per MW", "IREN Sweetwater 2: 0.007 to 0.052, and works (assumption)")
SECURITY = Range("security posted for an upgrade", 0.045, 0.045, 0, "M$ per MW", "IREN Sweetwater 2 (2025-03): 26.9 M$ for 600 MW")
SECURITY_MONTHS = Range("return of the security", 12, 24, 12, "months", "IREN Sweetwater 2 (2025-03): 12 months")
APPROVALS = Range("upgrades that wait for an approval", 0.3, 0.3, 0, SHARE, "Texas SB 6: batch studies of loads above 75 MW")
APPROVAL_MONTH = Range("approval", 12, 36, 6, "months from the start", ASSUMED)
INTERRUPTIBLE = Range("ERCOT mines with interruptible MW", 0.25, 0.25, 0, SHARE, "controllable load resources of ERCOT: assumption")
INTERRUPTIBLE_SHARE = Range("interruptible part of their MW", 0.3, 0.5, 0.1, "share", ASSUMED)
SITE_COST = Range("staff, land and security", 0.01, 0.02, 0.002, "M$ per MW and year", ASSUMED)
LAND_VALUE = Range("land with power at the horizon", 0.04, 0.22, 0.02, "M$ per MW", "Cipher Stingray 0.041, Riot 0.137, Barber Lake 0.225")
PROPERTY_TAX = Range("property tax, with abatement", 0.003, 0.006, 0.001, "per year", ASSUMED)
AI_CAPPED = Range("sites with a cap on AI", 0.25, 0.25, 0, SHARE, "water, town, noise: assumption")
AI_CAP = Range("that cap", 0.5, 0.8, 0.1, "share of the land", ASSUMED)
AI_LATER = Range("sites where AI is allowed later", 0.15, 0.15, 0, SHARE, "moratoria as in the bills of New York (2026): assumption")
AI_MONTH = Range("allowed from", 18, 42, 6, "months from the start", ASSUMED)
OFFER_PRICE = Range("price of a site on offer", 0.13, 0.43, 0.03, "M$ per MW", "Riot 0.137 (land), CleanSpark 0.43 (mine, 2024-06)")
OFFER_MONTHS = Range("life of the offer", 12, 36, 12, "months", ASSUMED)
FOR_SALE = Range("small mines for sale", 0.3, 0.3, 0, SHARE, ASSUMED)
SALE_PRICE = Range("what they fetch", 0.2, 0.43, 0.01, "M$ per MW", "MARA Ohio 0.27 (2024-11), CleanSpark Georgia 0.43 (2024-06)")

# Power -------------------------------------------------------------------------------------------------------------------------------
BLOCKS = (("scarce", 0.01), ("high", 0.09), ("mid", 0.15), ("base", 0.5), ("low", 0.25))
MARKETS: dict[str, tuple[float, ...]] = {
    "ercot": (237, 77, 44, 27, 12),  # $/MWh in these blocks: hub average of 2025, January to November (ERCOT settlement prices)
    "pjm": (250, 105, 62, 44, 27),  # load-weighted 50.51 $ in 2025 (Monitoring Analytics); shape: assumption
    "nyiso": (210, 90, 55, 41, 26),  # upstate 40 to 50 $ (background)
    "spp": (230, 85, 50, 31, 14),  # between ERCOT and the mean of US hubs, 47 $ (EIA, 2025-11)
    "tva": (120, 60, 48, 42, 36),  # an industrial tariff of about 45 $: assumption
}
MARKET_WEIGHTS = (8, 4, 2, 3, 3)  # half of the listed miners' MW is in ERCOT
MARKET_LEVEL = Range("level of a market's prices in 2027 over 2025", 1.0, 1.3, 0.05, "factor", "EIA, 2026: hubs +8.5 %, ERCOT North +45 %")
PRICE_GROWTH = Range("growth of power prices", 0.0, 0.03, 0.005, "per year", ASSUMED)
BASIS = Range("node less hub", -4, 2, 0.5, "$/MWh", "West Texas below the hub: assumption")
ADDER = Range("wires, losses and retail on top", 1, 6, 0.5, "$/MWh", "Cipher Stingray 1.5 to Barber Lake 3 as royalty alone; assumption")
LOSSES = Range("losses from node to meter", 0.01, 0.02, 0.005, "share", "general knowledge")
CAPTURE = Range("hours that operations catch", 0.9, 0.95, 0.05, "share", ASSUMED)
FOUR_CP = Range("ERCOT: transmission on the system's peaks", 4.2, 6.0, 0.3, "$ per kW-month", "50 to 150 $ a year (NFM Consulting)")
CAPACITY = Range("PJM: capacity", 329.17, 329.17, 0, "$ per MW-day", "auction of 2026/27")
DEMAND = Range("TVA: demand charge", 5.0, 10.5, 0.5, "$ per kW-month", "Hartselle Utilities 2024-08: 10.70; large loads less: assumption")
RESPONSE = Range("ERCOT: demand response", 25000, 25000, 0, "$ per MW-year", "between Riot's credits of 2023-2024 and 60,000 to 70,000")
RESPONSE_MW = Range("the most of it", 5, 5, 0, "MW per ERCOT site", ASSUMED)
PPA_SIGNED = Range("mines with a signed power contract", 0.2, 0.2, 0, SHARE, "Riot-TXU, Cipher-Luminant")
PPA_STRIKE = Range("its strike", 26, 36, 1, "$/MWh", "25 to 30 $ (background); new solar 35 to 45 (LevelTen 2026Q1)")
PPA_MW = Range("its size", 0.4, 0.8, 0.1, "share of the energised MW", "Riot-TXU: 345 of 700 MW")
PPA_MONTHS = Range("its rest", 12, 48, 12, "months", "Riot-TXU to 2027 and 2030")
PPA_OFFERED = Range("mines with one on offer", 0.12, 0.12, 0, SHARE, ASSUMED)
PPA_PREMIUM = Range("strike on offer over the mean price", -3, 4, 1, "$/MWh", ASSUMED)
PPA_TERM = Range("term on offer", 60, 120, 12, "months", ASSUMED)
GENERATES = Range("large owned sites with own generation allowed", 0.5, 0.5, 0, SHARE, "BTM pipeline above 130 GW (Rabobank 2026)")
GENERATOR_UNITS = Range("most units at a site", 2, 4, 1, "units", ASSUMED)
GAS_PRICE = Range("gas delivered in 2027", 3.0, 4.2, 0.2, "$/MMBtu", "Henry Hub 3.85 for 2027 (EIA STEO 2026-03)")
ENGINE_LEAD = Range("gas engines: lead", 16, 30, 1, "months", "16 to 30 (Avanza 2026)")
ENGINE_CAPEX = Range("gas engines", 1.2, 2.0, 0.1, "M$ per MW", "1.2 to 2.0 (background)")
CELL_CAPEX = Range("fuel cells", 3.0, 4.5, 0.1, "M$ per MW", "3.0 to 4.5, under 12 months (background)")
TRANSFORMER_LEAD = Range("100 MVA transformer: lead", 28, 34, 1, "months", "128 weeks (Wood Mackenzie, 2025Q2); worst 208")
TRANSFORMER_COST = Range("100 MVA transformer, installed", 4.0, 6.0, 0.5, "M$", "28.4 k$ per MVA in 2017 x 1.77; 3 to 5 (background)")
BREAKER_LEAD = Range("200 MVA breaker bay: lead", 24, 36, 1, "months", "24 to 42 (GridReadiness 2025)")
BREAKER_COST = Range("200 MVA breaker bay", 1.5, 2.5, 0.1, "M$", ASSUMED)
SPARE_UNITS = Range("spare transformers that stand at a site", 0, 1, 1, "units", ASSUMED)
ORDERED = Range("sites with transformers on order", 0.25, 0.25, 0, SHARE, "slots are bought before a site exists (2025)")
SLOT_TIGHTNESS = Range("slots over what all leases on offer would take", 0.1, 0.2, 0.05, "share", "makes slots bind: measured")

# Halls -------------------------------------------------------------------------------------------------------------------------------
MINE_FILL = Range("mine halls at a mine, of its energised MW", 0.7, 1.0, 0.05, "share", "IREN, Riot, CleanSpark: full")
CAMPUS_FILL = Range("mine halls at a campus, of its energised MW", 0.2, 0.5, 0.1, "share", ASSUMED)
MINE_CAPEX = Range("new mine hall", 0.7, 1.0, 0.05, "M$ per MW of IT", "0.7 to 1.0 (TrendWatcher 2026)")
AI_CAPEX = Range("new turnkey hall", 9.0, 11.0, 0.25, "M$ per MW of IT", "8 to 10 TeraWulf, 9 to 11 Cipher and Hut 8 (2025)")
AI_BUILD = Range("its building time", 14, 18, 1, "months", "10 to 18 from signing to first hall (deals of 2025-2026)")
AI_PUE = Range("its utility MW per MW of IT at peak", 1.3, 1.45, 0.05, "MW per MW", "gross over IT of announced deals: 1.25 to 1.52")
RETROFIT_CAPEX = Range("mine hall turned into a shell", 3.6, 4.4, 0.1, "M$ per MW of IT", "Riot-AMD (2026-01): 3.6")
REBUILD_SAVING = Range("saved by building in a mine's place", 0.2, 0.5, 0.1, "M$ per MW of IT", ASSUMED)
RUNNING = Range("mines and campuses with a tenant in two shells", 0.15, 0.15, 0, SHARE, "Riot-AMD, Core Scientific, TeraWulf")
HALLS_ORDERED = Range("campuses with turnkey halls under construction", 0.3, 0.3, 0, SHARE, "IREN Childress, TeraWulf, Cipher (2026)")
BUILDERS = Range("MW that builders start a year, over what leases ask in one", 1.2, 1.8, 0.1, "share", ASSUMED)

# Tenants -----------------------------------------------------------------------------------------------------------------------------
LEASE_WEIGHTS = (4, 4, 6, 1, 5)  # net and gross hyperscalers, neoclouds, labs, tenants of shells: 25 deals of 2024-2026
NET_MW = Range("net lease of a hyperscaler", 80, 200, 10, "MW of IT", "Hut 8 River Bend 245, Beacon Point 352, first phases less")
NET_RENT = Range("its rent in the first year", 120, 130, 1, "$ per kW-month", "Hut 8: 155 to 159 on average, 3 % a year, NOI 97 %")
GROSS_MW = Range("gross lease of a hyperscaler", 50, 200, 10, "MW of IT", "Applied Digital: 200, 210, 300")
GROSS_RENT = Range("its rent in the first year", 108, 120, 1, "$ per kW-month", "Applied Digital: 138 to 139 on average; Cipher-AWS 145")
NEOCLOUD_MW = Range("lease of a neocloud", 20, 120, 5, "MW of IT", "Cipher 39 and 168, TeraWulf 60 to 200, CoreWeave tranches")
NEOCLOUD_RENT = Range("its rent in the first year", 128, 154, 1, "$ per kW-month", "TeraWulf, Cipher: 149 to 177 on average")
LAB_MW = Range("campus of an AI lab", 120, 240, 20, "MW of IT", "TeraWulf Abernathy 168 (background)")
LAB_RENT = Range("its rent in the first year", 126, 134, 1, "$ per kW-month", "TeraWulf Abernathy: 188 on average (background)")
SHELL_LEASE_MW = Range("lease of shells in a former mine", 12, 48, 3, "MW of IT", "Riot-AMD: 25, option 75, right of first refusal 100")
SHELL_RENT = Range("its rent", 98, 112, 1, "$ per kW-month", "Riot-AMD (2026-01): 104, NOI 80 %")
TENANT_TERMS = {  # yearly growth of the rent, landlord's cost over rent, years of the term: as the deals that the rents come from
    "net": (0.03, 0.03, (15,)), "gross": (0.03, 0.1, (15,)), "neocloud": (0.03, 0.15, (10, 12, 15)), "lab": (0.03, 0.12, (15, 20, 25)),
    "shell": (0.02, 0.2, (5, 10)),
}  # fmt: skip
CAP_RATES = {"investment_grade": 0.0625, "backed": 0.07, "unrated": 0.085}  # 5.5-6.5, 6-7, 7-8 % and more (JLL, 2026Q1)
SITES_ACCEPTED = Range("sites that a tenant accepts", 1, 4, 1, "sites of a market", ASSUMED)
ADDERS = Range("rent by site", -2, 4, 1, "$ per kW-month", ASSUMED)
GRACE = Range("from delivery due to drop-dead", 12, 24, 6, "months", ASSUMED)
PENALTY = Range("penalty for late delivery", 10000, 50000, 10000, "$ per MW-month", ASSUMED)
PIPELINE_YEARS = Range("years ahead for which tenants ask", 8, 8, 0, "years", "deals of 2024-2026 are 1 to 3 years ahead: assumption")
SIGNED = Range("leases on offer that are signed, with a break fee", 0.08, 0.08, 0, SHARE, ASSUMED)
BREAK_FEE = Range("that fee", 0.4, 0.8, 0.1, "M$ per MW", ASSUMED)
STAGE_WEIGHTS = {"loi": 3, "rofr": 1, "pipeline": 5}  # of what is not signed: assumption
LIKELIHOOD = Range("probability of what is not signed", 0.8, 1.0, 0.05, "share", ASSUMED)
SPLIT = Range("neocloud leases that may be split", 0.2, 0.2, 0, SHARE, "Applied Digital Polaris Forge 1, Galaxy Helios: phases")
PHASED = Range("campuses delivered in two parts", 0.3, 0.3, 0, SHARE, "Cipher Black Pearl, Galaxy Helios: phases")
RENEWS = Range("leases with an option to renew for 5 years", 0.4, 0.4, 0, SHARE, "2 or 3 x 5 years in most deals of 2024-2026")
PREPAYS = Range("neocloud leases with a prepayment", 0.15, 0.15, 0, SHARE, "Core Scientific-CoreWeave: customer pays most of the capex")

# Machines ----------------------------------------------------------------------------------------------------------------------------
FLEET_FILL = Range("machines in the mine halls", 0.7, 1.0, 0.1, "share", ASSUMED)
FLEET_WEIGHTS = (2, 4, 3)  # S19 XP (21.5 J/TH), S21 (17.5), S21 XP (13.5): public spec lists
NEW_PRICE = Range("S23 Hyd, 9.5 J/TH, in bulk", 15.5, 18.0, 0.5, "$/TH", "shop price 20.4 $ in 2026 (unverified) less 10 to 25 %")
LATER_PRICE = Range("machines of 7 J/TH from 2030", 12, 15, 0.5, "$/TH", "Bitdeer's target for A4: 5 J/TH; assumption")
RESALE_MW = Range("second-hand market a year and model", 3, 3, 0, "MW per site", ASSUMED)
BTC_2027 = Range("bitcoin in 2027", 70, 95, 5, "thousand $", "72.3 in 2026Q2 (secondary)")
HASHPRICE = Range("hashprice in 2027", 32, 40, 1, "$ per PH and day", "33.3 in 2026Q2 to 41.4 in 2025Q4")
HALVING_DROP = Range("hashprice kept over a halving", 0.62, 0.75, 0.01, "share", "2024Q1 to 2024Q3: 86 to 44, later 54")
GPU_CAPEX = Range("GB300 with network", 27, 31, 0.5, "M$ per MW of IT", "IREN (2025-11): 29.0")
GPU_HOUR = Range("its hour in 2027, spot", 3.8, 5.0, 0.1, "$", "between IREN-Microsoft 2.91 (2025-11) and B200 spot 5.3 (2026-06)")
GPU_DECAY = Range("fall of the price of its hour", 0.08, 0.14, 0.01, "per year", "H100: 2.99 (2024-10), 1.70 (2025-10): assumption")
GPU_MARKET = Range("spot market", 1.0, 2.5, 0.5, "MW of IT per site", ASSUMED)
CONTRACT_MW = Range("compute contract", 25, 75, 12.5, "MW of IT", "IREN-Microsoft: 200 in four halls of 50")
CONTRACT_HOUR = Range("its price of an hour over spot in 2027", 0.8, 0.95, 0.01, "factor", "IREN-Microsoft: 2.91, take-or-pay")
CONTRACT_PREPAID = Range("paid ahead", 0.0, 0.2, 0.05, "share of the contract", "IREN-Microsoft: 20 %")
SITES_PER_CONTRACT = Range("sites of the company for each compute contract", 6, 6, 0, "sites", ASSUMED)

# Company -----------------------------------------------------------------------------------------------------------------------------
DISCOUNT = Range("equity rate", 0.11, 0.14, 0.005, "per year", "none published for such leases: assumption")
OVERHEAD = Range("overhead", 0.03, 0.05, 0.005, "M$ per energised MW and year", "listed miners 50 to 150 M$ a year: assumption")
EQUITY_SHARE = Range("cash above all that is due, over what leases would cost", 0.01, 0.04, 0.005, "share", "makes cash bind: measured")
BUDGET_TIGHTNESS = Range("capex budgets over what leases would cost", 0.35, 0.55, 0.05, "share", "makes budgets bind: measured")
NOTES_SHARE = Range("secured notes over what leases would cost", 0.25, 0.35, 0.025, "share", "makes debt bind: measured")
NOTES_RATE = Range("secured notes", 0.06125, 0.0925, 0.00125, "per year", "Cipher 6.125 %, Core Scientific 7.75 %, Applied Digital 9.25 %")
NOTES_ADVANCE = Range("advance on halls", 0.7, 0.85, 0.05, "share of cost", "Galaxy Helios 80 %, Hut 8 85 %")
NOTES_COVER = Range("contracted NOI over interest", 1.8, 2.4, 0.1, "ratio", "Galaxy: 1.40 with amortisation; bullet: assumption")
LOAN_RATE = Range("loan on machines", 0.06, 0.0825, 0.0025, "per year", "IREN 6 %, CoreWeave 5.9 to 8.15 % (2026)")
LOAN_ADVANCE = Range("its advance", 0.6, 0.8, 0.05, "share of cost", "IREN (2026-02): 95 % with the prepayment")
CONVERTS = Range("convertible notes owed, over what leases would cost", 0.01, 0.03, 0.01, "share", "0 to 1.75 % coupons (2024-2026)")
COVENANT = Range("debt over EBITDA of twelve months", 5.5, 7.5, 0.5, "times", "Cipher's notes: 6.5 times book; assumption")
HAS_COVENANT = Range("companies with that covenant", 0.5, 0.5, 0, SHARE, ASSUMED)
SHARES_SOLD = Range("new shares above overhead, over what leases would cost", 0.0, 0.002, 0.001, "share a year", "assumption")
TENANT_CAP = Range("most MW of the tenant that asks for most", 0.4, 0.7, 0.1, "share of what it asks for", ASSUMED)
HPC_CAP = Range("most of all MW in own GPUs", 0.2, 0.4, 0.05, "share", ASSUMED)
KEEPS_HASHING = Range("companies that keep hashing at first", 0.5, 0.5, 0, SHARE, ASSUMED)
HASHING_FLOOR = Range("that part of the opening hashrate", 0.3, 0.5, 0.1, "share", ASSUMED)

# Fixed terms, as in the shipped instances; fields and units as in docs/instance.md ---------------------------------------------------
MINE_MW, SHELL_MW, AI_MW, CLUSTER_MW = 20.0, 15.0, 25.0, 12.5  # MW of IT: a module of 20 mined or of 15 shells draws the same at peak
MINE_PUE, SHELL_PUE = 1.05, 1.35  # background; gross over IT of announced deals
COOLING_ON_AVERAGE = 0.75  # share of the overhead at peak: assumption
TRANSFORMER_MVA, BREAKER_MVA, POWER_FACTOR, LOADING = 100.0, 200.0, 0.95, 0.9
RETROFIT_LOTS, REBUILD_LOTS, REBUILD_MODULES = 4, 4, 2  # most lots at a site; mine modules that make room for a turnkey hall: assumption
RETROFIT_MONTHS, ASIC_LEAD, GPU_LEAD, CELL_LEAD = 6, 4, 6, 12  # months: Riot-AMD 1 to 5; assumption; IREN; Bloom under 12
NEXT_ASIC_FROM, NEXT_GPU_FROM, LAST_GPU_MONTH = 36, 30, 41  # months from the start in which they may be ordered: assumption
J_PER_TH = {"s19_xp": 21.5, "s21": 17.5, "s21_xp": 13.5, "s23_hyd": 9.5, "next_asic": 7.0}  # public spec lists; the last: assumption
OLD_PRICES = {"s19_xp": ((6, 1.0), (4, 0.3)), "s21": ((10, 3.5), (6, 1.5)), "s21_xp": ((14, 6.0), (10, 3.0))}  # $/TH new, used: assumption
OLD_PRICE_MONTHS = (0, 16)  # from the start, and after the halving of 2028
PRICE_FALLS = {"s23_hyd": ((0, 1.0), (16, 0.8), (36, 0.65), (64, 0.5)), "next_asic": ((0, 1.0), (64, 0.8), (112, 0.65))}  # assumption
FLEET_MONTHS = {"s19_xp": ("2022-07", "2023-01"), "s21": ("2024-07", "2025-01"), "s21_xp": ("2025-07", "2026-01")}
FLEET_BASIS = {"s19_xp": 0.1, "s21": 0.4, "s21_xp": 0.9}  # M$ per MW not yet written off: assumption
NEXT_GPU = {"gpus_per_mw": 300.0, "capex": 1.3, "hour": 1.65}  # over GB300's; 50 to 60 bn$ per GW all-in (Nvidia, 2025-08)
BTC_GROWTH, BTC_LATE_GROWTH, BTC_AT_HALVING, HASHPRICE_TREND, HASHPRICE_FLOOR = 1.06, 1.02, 1.1, 0.98, 10.0  # factors a year; $: assumption
FEES_BTC, FEES_GROWTH_BTC = 0.03, 0.01  # a block, and more each year: 0.5 to 2 % of the reward in 2025-2026
YEARS_OF_GROWTH, YEARS_OF_DEAR_POWER, GAS_GROWTH, GPU_HOUR_FLOOR = 9, 25, 1.015, 0.9  # years; factor a year; $: assumption
MACHINE_TERMS: dict[str, Any] = {
    "life_months": 72, "tax_life_months": 60, "uptime_fraction": 0.97, "pool_fee_fraction": 0.005, "opex_usd_per_mwh": 4.0,
}  # fmt: skip
NEW_MACHINE_RESIDUAL = 0.6
MINE_TERMS: dict[str, Any] = {"build_months": 9, "life_months": 192, "tax_life_months": 120, "assessed_musd_per_module": 0.0}
SHELL_TERMS: dict[str, Any] = {"buildable": False, "life_months": 240, "tax_life_months": 180, "residual_musd_per_module": 15.0}
AI_TERMS: dict[str, Any] = {
    "redundancy": "N+1", "contingency_fraction": 0.05, "life_months": 360, "tax_life_months": 180, "residual_musd_per_module": 75.0,
}  # fmt: skip
OPENING_BASIS = {"mine": 0.1, "shell": 3.0, "tr_100": 0.5, "cb_200": 0.2}  # M$ per MW of IT or unit not yet written off: assumption
SITE_COST_BASE, CLOSING_COST, UPGRADE_DEPOSIT, SPENT = 0.5, 1.0, 0.3, 0.5  # M$ a year; M$; share; share of halls under construction
UPKEEP = {"mine": 0.01, "shell": 0.03, "ai": 0.05}  # M$ per MW of IT and year
RETROFIT_TERMS: dict[str, Any] = {"max_lots": RETROFIT_LOTS, "build_months": RETROFIT_MONTHS, "off_months": 3, "contingency_fraction": 0.05}
REBUILD_TERMS: dict[str, Any] = {
    "kind": "rebuild", "from_modules": REBUILD_MODULES, "max_lots": REBUILD_LOTS, "off_months": 9, "contingency_fraction": 0.05,
}  # fmt: skip
EQUIPMENT_TERMS: dict[str, Any] = {"deposit_fraction": 0.3, "life_months": 480, "tax_life_months": 180}
CLUSTER_TERMS: dict[str, Any] = {
    "market": "gpu_hours", "cluster_it_mw": CLUSTER_MW, "deposit_fraction": 0.3, "lead_months": GPU_LEAD, "life_months": 72,
    "tax_life_months": 60, "utilisation_fraction": 0.85, "residual_fraction": 0.3,
}  # fmt: skip
GPUS_PER_MW, GPU_OPEX, NEXT_GPU_OPEX = 380.0, 1.1, 1.4  # IREN-Microsoft: 380 and a margin of 85 %
ENGINE_MW, CELL_MW = 25.0, 10.0
ENGINE_TERMS: dict[str, Any] = {
    "unit_mw": ENGINE_MW, "dependable_fraction": 0.85, "availability_fraction": 0.95, "fuel": "gas", "heat_rate_mmbtu_per_mwh": 8.5,
    "variable_usd_per_mwh": 9.0, "fixed_musd_per_unit_year": 0.5, "life_months": 240, "residual_fraction": 0.3,
}  # fmt: skip
CELL_TERMS: dict[str, Any] = {
    "kind": "fuel_cell", "unit_mw": CELL_MW, "dependable_fraction": 0.9, "availability_fraction": 0.95, "fuel": "gas",
    "heat_rate_mmbtu_per_mwh": 6.8, "variable_usd_per_mwh": 12.0, "fixed_musd_per_unit_year": 0.2, "lead_months": CELL_LEAD,
    "life_months": 180, "residual_fraction": 0.2,
}  # fmt: skip
PPA_TERMS: dict[str, Any] = {"take_or_pay_fraction": 0.9, "resale": True, "resale_haircut_usd_per_mwh": 2.0}
PPA_OFFER_TERMS: dict[str, Any] = {"signed": False, "take_or_pay_fraction": 0.8}
PEAK_TERMS: dict[str, Any] = {"kind": "coincident", "block": "scarce", "lag_months": 12}
CAUGHT = 0.05  # share of the energised MW that was on in the system's peak before the start: assumption
RUNNING_TERMS: dict[str, Any] = {
    "stage": "signed", "mandatory": True, "tier": "unrated", "delivered": "2025-04", "ready_by": "2025-04", "term_months": 60,
    "renewal_months": 36, "renewal_probability_fraction": 0.6, "escalator_fraction": 0.02, "cost_fraction": 0.2,
}  # fmt: skip
RENEWAL_TERMS: dict[str, Any] = {"renewal_months": 60, "renewal_probability_fraction": 0.6}
PREPAYMENT, PREPAID_TERMS = 0.5, {"prepaid_months": 6, "credit_months": 36}  # M$ per MW: assumption
CONTRACT_TERMS: dict[str, Any] = {
    "gpu": "gb300", "stage": "loi", "penalty_usd_per_mw_month": 100000.0, "term_months": 60, "used_fraction": 0.85,
    "take_or_pay_fraction": 0.95, "prepaid_months": 3,
}  # fmt: skip
COST_INFLATION = 0.025
FINANCE_TERMS: dict[str, Any] = {
    "cost_inflation_fraction": COST_INFLATION, "capex_inflation_fraction": 0.02, "capitalised_from_months": 60,
    "exit_cost_fraction": 0.02, "cash_interest_fraction": 0.03,
}  # fmt: skip
NOTES_MONTHS, DRAW_MONTHS, LOAN_MONTHS, LOAN_DRAW_MONTHS, CONVERTS_MONTH = 180, 108, 108, 48, 54  # due, or drawn no more: assumption
DIVIDENDS_MONTH, TESTED_MONTH, GROWN_MONTH, BUILDERS_GROWTH = 48, 36, 36, 1.25  # first dividend, covenant test, more builders: assumption
BUDGET_SHAPE = (0.8, 1.0, 0.5)  # of the yearly budget in the first year, until tenants ask no more, and after: assumption
OVERHEAD_BASE = 5.0  # M$ a year
NOTES_TERMS: dict[str, Any] = {"kind": "project", "fee_fraction": 0.015}  # due in one sum
LOAN_TERMS: dict[str, Any] = {"kind": "equipment", "fee_fraction": 0.01, "amortisation_months": 60}
CONVERT_TERMS: dict[str, Any] = {"rate_fraction": 0.01, "advance_fraction": 0.0}
SHARE_TERMS: dict[str, Any] = {"discount_fraction": 0.05, "fee_fraction": 0.03}
TAX_CLASSES: tuple[dict[str, Any], ...] = (
    {"life_months": 60, "method": "macrs", "bonus_fraction": 1.0},  # the law of 2025; of halls the 60 % that is plant takes the bonus
    {"life_months": 180, "method": "macrs", "bonus_fraction": 0.6},
)  # fmt: skip
SHARES_OVER_OVERHEAD, SHARES_BASE = 1.1, 0.01  # so that doing nothing can always be paid for; share of what leases would cost
LOAN_SHARE, CLUSTER_BUDGET, BREAKERS_PER_TRANSFORMER = 0.5, 0.12, 0.6  # of what compute contracts would cost; the same, a year; units
