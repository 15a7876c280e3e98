"""A small valid instance folder on disk, and the few edits that tests make."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from planner.instance import Report, examine

FILES = {
    "instance.yaml": """name: two_sites
start: 2027-01
periods:
  - {months: 3, count: 4}
  - {months: 12, count: 4}
finance:
  discount_rate_fraction: 0.1
  opening_cash_musd: 100
""",
    "sites.csv": "id,market,land_it_mw,note\nnorth,ercot,60,the old mine\nsouth,ercot,40,\n",
    "grid.csv": (
        "id,site,kind,mw,from_month,lead_months,cost_musd\n"
        "n0,north,energised,60,2020-01,,\ns0,south,energised,30,2020-01,,\nn1,north,upgrade,40,,12,5\n"
    ),
    "equipment.csv": "id,mva,cost_musd,lead_months\ntx,40,2,12\n",
    "slots.csv": "equipment,year,units\ntx,2028,2\ntx,2029,3\n",
    "halls.csv": (
        "id,product,module_it_mw,pue_peak,pue_average,buildable,sites,capex_musd_per_module,build_months\n"
        "shed,mining,10,1.1,1.05,no,,,\nshell,powered_shell,10,1.4,1.3,yes,,60,9\nai,turnkey,20,1.4,1.3,yes,north|south,180,12\n"
    ),
    "conversions.csv": (
        "id,from_hall,to_hall,site,from_modules,to_modules,max_lots,capex_musd_per_lot,build_months,off_months\n"
        "retrofit,shed,shell,north,2,1,2,30,6,3\n"
    ),
    "asic_models.csv": "id,j_per_th,usd_per_th,buyable\ns21,17.5,14,yes\n",
    "gpu_models.csv": "id,cluster_it_mw,gpus_per_mw,capex_musd_per_mw,lead_months\ngb300,5,380,29,6\n",
    "gpu_market.csv": "gpu,from_year,usd_per_gpu_hour,market_it_mw\ngb300,2027,2.9,20\n",
    "opening.csv": (
        "id,site,item,count,it_mw,in_service,tax_basis_musd\n"
        "sheds,north,shed,4,,2022-01,8\nfleet,north,s21,,38,2024-04,10\nyard,north,tx,2,,2020-01,\n"
    ),
    "power_prices.csv": (
        "market,from_year,block,hours_fraction,usd_per_mwh\n"
        "ercot,2027,peak,0.1,90\nercot,2027,base,0.9,28\nercot,2029,peak,0.1,95\nercot,2029,base,0.9,30\n"
    ),
    "leases.csv": (
        "id,tenant,stage,mandatory,product,it_mw,ready_by,drop_dead,term_months,rent_usd_per_kw_month,cap_rate_fraction\n"
        "anchor,Example AI,loi,no,turnkey,20,2028-07,2029-07,120,130,0.07\n"
        "second,Example Cloud,pipeline,no,powered_shell,10,2028-01,,60,70,0.08\n"
    ),
    "lease_sites.csv": "lease,site,rent_adder_usd_per_kw_month\nanchor,north,\nanchor,south,-2\nsecond,north,\n",
    "btc.csv": "from_day,btc_usd,network_eh,fee_fraction\n2027-01-01,80000,1050,0.01\n2028-01-01,90000,1150,0.01\n",
    "debt.csv": "id,limit_musd,rate_fraction,maturity,opening_balance_musd\nloan,200,0.09,2032-01,5\n",
    "budgets.csv": "year,capex_musd\n2027,300\n",
}


class Folder:
    """The folder of one test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for name, text in FILES.items():
            self.put(name, text)

    def put(self, name: str, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        (self.path / name).write_bytes(data)

    def text(self, name: str) -> str:
        return (self.path / name).read_text()

    def swap(self, name: str, old: str, new: str) -> None:
        """Replace a piece of a file that must be there once."""
        assert self.text(name).count(old) == 1, f"{old!r} in {name}"
        self.put(name, self.text(name).replace(old, new))

    def add(self, name: str, row: str) -> None:
        self.put(name, self.text(name) + row + "\n")

    def cell(self, table: str, line: int, column: str, value: str) -> None:
        """Put a value into the cell of a line (2 is the first row) and a column, which is added when absent."""
        rows = list(csv.reader(io.StringIO(self.text(f"{table}.csv"))))
        if column not in rows[0]:
            rows = [[*row, column if i == 0 else ""] for i, row in enumerate(rows)]
        rows[line - 1][rows[0].index(column)] = value
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        self.put(f"{table}.csv", out.getvalue())

    def remove(self, name: str) -> None:
        (self.path / name).unlink()

    def report(self) -> Report:
        return examine(self.path)

    def problems(self) -> list[str]:
        return [str(problem) for problem in self.report().problems]

    def problem(self) -> str:
        """The one problem that the folder has."""
        found = self.problems()
        assert len(found) == 1, found
        return found[0]

    def notices(self) -> list[str]:
        report = self.report()
        assert report.problems == ()
        return [str(notice) for notice in report.notices]

    def notice(self) -> str:
        """The one notice that the folder has."""
        found = self.notices()
        assert len(found) == 1, found
        return found[0]
