"""What makes the small valid folder of case.py a full one: own power, contracts, machines of others, a past, sites to buy and to sell."""

from __future__ import annotations

from tests.instance.case import Folder

TABLES = {
    "generators.csv": (
        "id,kind,sites,max_units,unit_mw,dependable_fraction,fuel,heat_rate_mmbtu_per_mwh,capex_musd_per_unit,lead_months\n"
        "gas,gas,north,2,10,0.9,henry,8.5,13,18\nsun,solar,north|south|west,1,5,,,,6,9\n"
    ),
    "availability.csv": "generator,market,block,availability_fraction\nsun,ercot,peak,0.5\nsun,ercot,base,0.2\n",
    "fuel_prices.csv": "fuel,from_year,usd_per_mmbtu\nhenry,2027,3.2\n",
    "delivery_limits.csv": "site,from_month,started_it_mw\n,2027-01,60\nnorth,2027-01,30\n",
    "asic_prices.csv": "asic,from_month,usd_per_th,resale_usd_per_th,resale_mw_per_year\ns21,2027-06,12,5,10\n",
    "moves.csv": "site,out_musd_per_mw,in_musd_per_mw,out_months\nnorth,0.01,0.02,2\nsouth,0.01,0.02,2\n",
    "residuals.csv": "item,age_months,residual_fraction\ngb300,0,0.8\ngb300,24,0.3\n",
    "ppas.csv": "id,site,signed,mw,strike_usd_per_mwh,from_month,to_month\nwind,north,yes,20,30,2026-01,2029-07\n",
    "charges.csv": (
        "id,site,kind,block,usd_per_kw_month,lag_months,opening_mw,from_month,to_month\n"
        "wires,north,own_peak,,2,,,,\nfour_cp,south,coincident,peak,5,12,10,,\n"
    ),
    "programmes.csv": "id,market,blocks,usd_per_mw_year,from_month,to_month,max_mw\nreserve,ercot,peak,40000,,,\n",
    "tiers.csv": "id,cap_rate_fraction\nprime,0.06\n",
    "lease_deliveries.csv": "lease,months,fraction\nanchor,0,0.5\nanchor,6,0.5\n",
    "gpu_contracts.csv": (
        "id,customer,gpu,it_mw,sites,ready_by,drop_dead,term_months,usd_per_gpu_hour\n"
        "cloud,Example Labs,gb300,5,north,2028-01,2029-01,36,2.5\n"
    ),
    "covenants.csv": "id,kind,level,from_month\nleverage,leverage,8,\n",
    "equity.csv": "id,limit_musd_per_quarter,discount_fraction,fee_fraction\natm,20,0.05,0.03\n",
    "warrants.csv": "id,warrants_count,strike_usd\nold,1000000,12\n",
    "tax_classes.csv": "life_months,method,bonus_fraction\n60,macrs,0.4\n",
    "policies.csv": "id,measure,use,at_most\ncap,it_mw,hashing,200\n",
    "tax_bases.csv": "id,site,in_service,tax_life_months,basis_musd,method\nspent,north,2025-03,60,8,class\nground,south,2022-01,,1,\n",
    "debt_draws.csv": "debt,month,drawn_musd\nloan,2026-01,6\n",
    "history.csv": "from_month,months,ebitda_musd,service_musd\n2026-01,6,20,\n2026-07,6,22,\n",
    "previous.csv": "decision,index,count\nstarted,second/north/shell/2028-01,1\ndelivered_units,north/tx/2028-01,1\n",
    "hosting.csv": "id,site,it_mw,j_per_th,fee_usd_per_mwh,from_month,to_month\nguest,north,2,21,60,2026-01,2029-01\n",
}
ROWS = {
    "sites.csv": "west,ercot,40,\neast,ercot,40,\n",
    "grid.csv": "w0,west,energised,30,2020-01,,\ne0,east,energised,30,2020-01,,\n",
    "opening.csv": "room,north,ai,1,,2026-01,\nclusters,north,gb300,2,,2026-06,\nengine,north,gas,1,,2022-01,\n",
}


def fill(folder: Folder) -> Folder:
    """Add a row to every table of the schema that is still empty but holdings; `west` is on offer and `east` for sale."""
    for name, text in TABLES.items():
        folder.put(name, text)
    for name, rows in ROWS.items():
        folder.put(name, folder.text(name) + rows)
    leases = zip(folder.text("leases.csv").splitlines(), ("tier", "prime", ""), strict=True)
    folder.put("leases.csv", "".join(f"{line},{tier}\n" for line, tier in leases))
    money = "  shares_count: 100000000\n  change_penalty_musd: 0.1\n"
    folder.put("instance.yaml", folder.text("instance.yaml") + money)
    folder.cell("debt", 2, "amortisation_months", "120")
    folder.cell("opening", 6, "hall", "ai")
    folder.cell("sites", 4, "option_price_musd", "4")
    folder.cell("sites", 5, "sale_musd_per_mw", "0.2")
    folder.cell("sites", 2, "export_mw", "10")
    return folder


def hoard(folder: Folder) -> Folder:
    """Add bitcoin that is held, and a cap above it. Both are told: such a plan knows the deck."""
    folder.put("holdings.csv", "id,btc_count,basis_usd\nhoard,100,60000\n")
    folder.put("instance.yaml", folder.text("instance.yaml") + "  treasury_cap_btc: 200\n")
    return folder
