"""Making a program revision ready to decide: everything is parsed here, once per revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from puntal.earning.model import Award, Branch, Multiplier, Rate, Rule
from puntal.earning.schedule import Schedule, bound
from puntal.engine.bounding import Written, bounding_of, budgets_of, caps_of, limits_of
from puntal.engine.catalogue import compile_rewards
from puntal.engine.facts import makers_of
from puntal.engine.gifts import compile_gifts, compile_given
from puntal.engine.lasting import awaited_by, fading_of, renewing_of
from puntal.engine.model import OFFERING, Compiled, Selling, Trigger
from puntal.kit.calendar import midnight
from puntal.kit.money import digits
from puntal.members.identities import home_of
from puntal.points.model import Length
from puntal.points.policy import compile_ending, compile_starting, compile_terms
from puntal.programs.catalogue import catalogue_of, of_event, of_lines, of_segment
from puntal.programs.document import earning as written
from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.ladders import Ladder
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Reward as WrittenReward
from puntal.programs.document.values import MoneyText, each_of
from puntal.programs.document.wallets import Wallet
from puntal.rewards.model import Reward
from puntal.rules.catalogue import Catalogue, fields_read, metrics_read
from puntal.rules.dialect import expand
from puntal.rules.evaluator import Condition, ConditionSet, LineFilter, compile_condition, compile_line_filter
from puntal.rules.formula import compile_formula
from puntal.rules.model import Logic, MetricRead
from puntal.segments.policy import read_segments, written_out
from puntal.tiers.policy import compile_ladders

_DAYS = {"minutes": 0, "hours": 1, "days": 1, "weeks": 7, "months": 31, "years": 366}
_GONE = Wallet(kind="points", retired=True)
"""What a wallet of older revisions is compiled as: nothing earns in it, its lots keep the dates they have."""
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def compile(document: Program, *, program_id: int, revision: int, ordinals: Mapping[str, int]) -> Compiled:
    """Return the program ready to decide.

    Args:
        document: Checked by `programs.policy.check`; what it lets through compiles.
        program_id: Whose program it is.
        revision: Its number, stored with every decision.
        ordinals: Wallet id to position in the balance arrays, retired wallets included.
    """
    zone = ZoneInfo(document.timezone)
    catalogue = catalogue_of(document, ordinals)
    climbs = tuple(compile_ladders(document, ordinals))
    rules = [Written(rule, None) for rule in document.earning]
    rules += [Written(rule, campaign) for campaign in document.campaigns for rule in campaign.earning]
    rules = [item for item in rules if item.rule.enabled]
    compiler = _Compiler(document, zone, catalogue, ordinals)
    triggers = {
        on: compiler.trigger(on, [(n, item) for n, item in enumerate(rules) if item.rule.on == on])
        for on in dict.fromkeys(item.rule.on for item in rules)
    }
    offering, rewards = compiler.offering()
    segment_metrics = {
        read
        for segment in document.segments.values()
        if segment.when is not None
        for read in metrics_read(expand(segment.when, of_segment(catalogue)), catalogue)
    }
    asked_of = (*triggers.values(), offering)
    metrics = tuple({*segment_metrics, *(read for each in asked_of for read in each.metrics)})
    bounds, cooldowns = limits_of(document, rules)
    budgets = budgets_of(document, rules)
    caps = caps_of(document, ordinals)
    sharing = frozenset(ordinals[id] for pool in document.pools.values() for id in pool.wallets)
    metrics_read_of_orders = sorted({(m.metric, m.key) for m in metrics if not m.metric.startswith("events.")})
    late = document.orders.late_events
    late_days = late.count * _DAYS[late.unit] or 1
    return Compiled(
        program_id=program_id,
        revision=revision,
        document=document,
        zone=zone,
        region=home_of(document),
        currency=document.currency,
        terms=tuple(
            compile_terms(
                ordinal,
                id,
                document.wallets.get(id, _GONE),
                zone,
                document.policies.returned_points_live,
                document.currency,
                shared=ordinal in sharing,
                needs=document.policies.redeem_needs,
            )
            for id, ordinal in sorted(ordinals.items(), key=lambda item: item[1])
        ),
        wallets=dict(ordinals),
        climbs=climbs,
        triggers=triggers,
        bounds=bounds,
        cooldowns=cooldowns,
        lists=tuple(name for name, segment in document.segments.items() if segment.list),
        budgets=budgets,
        bounding=bounding_of(document, ordinals, bounds, caps, budgets),
        earns_on=f"order.{document.orders.earn_when}",
        late=timedelta(days=late_days),
        late_days=late_days,
        phases=_phases(document, zone),
        starts=None if document.starts is None else midnight(zone, document.starts),
        metrics=metrics,
        awaited=awaited_by(document, ordinals, triggers.values()),
        counted=tuple(metrics_read_of_orders),
        line_keys=_line_keys(metrics_read_of_orders),
        counted_events=frozenset(m.metric for m in metrics if m.metric.startswith("events.")),
        once_per={name: event.once_per for name, event in document.events.items() if event.once_per},
        renewing=renewing_of(document, ordinals),
        caps=caps,
        fading=tuple(fading_of(document, ordinals)),
        stamps=any(wallet.card is not None for wallet in document.wallets.values()),
        claim_within=Length(document.joining.claim_within.count, document.joining.claim_within.unit),
        gifts=compile_gifts(document, ordinals),
        given=compile_given(document),
        sharing=sharing,
        offering=offering,
        rewards=rewards,
        selling=compiler.selling(),
    )


def _phases(document: Program, zone: ZoneInfo) -> tuple[tuple[datetime, Any], ...]:
    if isinstance(document.phase, str):
        return ((_LONG_AGO, document.phase),)
    dated = sorted((bound(zone, day, end=False).astimezone(UTC), name) for name, day in document.phase.items())
    return ((_LONG_AGO, "live" if dated[0][1] != "live" else "draft"), *dated)


def _line_keys(counted: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    keys = {key: key.partition(":") for _, key in counted}
    return tuple(
        (key, dimension, value)
        for key, (dimension, _, value) in sorted(keys.items())
        if dimension not in ("", "channel", "store")
    )


class _Compiler:
    """Compiles the rules of one document; conditions of a trigger share one set."""

    def __init__(self, document: Program, zone: ZoneInfo, catalogue: Catalogue, ordinals: Mapping[str, int]) -> None:
        self.document = document
        self.zone = zone
        self.catalogue = catalogue
        self.ordinals = ordinals
        self.dynamic = {id: asked.logic for id, asked in read_segments(document, ordinals).dynamic.items()}

    def trigger(self, on: str, rules: Sequence[tuple[int, Written]]) -> Trigger:
        asked = _Asked(of_event(self.catalogue, on), self.dynamic)
        compiled = tuple(self._rule(index, item, asked) for index, item in rules)
        return self._asking(on, compiled, asked)

    def offering(self) -> tuple[Trigger, dict[str, Reward]]:
        """Compile the rewards, and what they ask as a trigger of its own without rules."""
        asked = _Asked(of_event(self.catalogue, PURCHASE), self.dynamic)
        rewards = compile_rewards(
            self.document,
            self.ordinals,
            self.zone,
            asked,
            lambda reward, campaign: self._people(reward, campaign, asked),
            self._schedule,
        )
        return self._asking(OFFERING, (), asked), rewards

    def selling(self) -> Selling | None:
        """Compile which lines sell gift cards by themselves."""
        asked = _Asked(of_event(self.catalogue, PURCHASE), self.dynamic)
        sold = {id: wallet.gift_cards.lines for id, wallet in self.document.wallets.items() if wallet.gift_cards}
        wallets = tuple((self.ordinals[id], asked.line_filter(lines)) for id, lines in sold.items() if lines)
        return Selling(self._asking("gift_cards", (), asked), wallets) if wallets else None

    def _asking(self, on: str, compiled: tuple[Rule, ...], asked: _Asked) -> Trigger:
        fields = {name: self.catalogue.get(name) for name in sorted(asked.reads)}
        makers, event_makers, amount_makers, line_makers = makers_of(fields)
        return Trigger(
            on=on,
            rules=compiled,
            conditions=ConditionSet(asked.conditions, asked.filters),
            fields=fields,
            makers=makers,
            event_makers=event_makers,
            amount_makers=amount_makers,
            line_makers=line_makers,
            reads=frozenset(asked.reads),
            metrics=tuple(dict.fromkeys(asked.metrics)),
        )

    def _rule(self, index: int, item: Written, asked: _Asked) -> Rule:
        rule, campaign = item.rule, item.campaign
        any_of, none_of = self._people(rule, campaign, asked)
        ladder = self._ladder(rule)
        return Rule(
            index=index,
            id=rule.id,
            on=rule.on,
            condition=None if rule.when is None else asked.condition(rule.when),
            any_of=any_of,
            none_of=none_of,
            only_lines=None if rule.only_lines is None else asked.line_filter(rule.only_lines),
            except_lines=None if rule.except_lines is None else asked.line_filter(rule.except_lines),
            schedule=self._schedule(rule, campaign),
            awards=self._awards(rule, each_of(rule.award), ladder, asked),
            branches=tuple(self._branch(rule, branch, ladder, asked) for branch in rule.branches),
            multiplier=None if rule.multiply is None else self._multiplier(rule.multiply, asked),
            ladder=None if ladder is None else ladder[0],
            group=rule.group,
            exclusive=rule.exclusive,
            priority=rule.priority,
            keep=rule.refund == "keep",
            campaign=None if campaign is None else campaign.id,
            holdout=0 if campaign is None or campaign.holdout is None else int(campaign.holdout.fraction * 10_000),
            gift_cards=rule.only_lines is not None
            and "line.gift_card" in fields_read(expand(rule.only_lines, of_lines(self.catalogue), line=True)),
        )

    def _people(
        self, rule: written.Rule | WrittenReward, campaign: Campaign | None, asked: _Asked
    ) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
        groups = [rule.audience] if campaign is None else [rule.audience, campaign.audience]
        any_of = tuple(tuple(self._segment(id, asked) for id in people.any) for people in groups if people.any)
        none_of = tuple(self._segment(id, asked) for people in groups for id in people.none)
        return any_of, none_of

    def _segment(self, id: str, asked: _Asked) -> int:
        segment = self.document.segments[id]
        if segment.when is None:
            return asked.logic({"in": [id, {"var": "member.segments"}]})
        return asked.condition(segment.when)

    def _schedule(self, rule: written.Rule | WrittenReward, campaign: Campaign | None) -> Schedule | None:
        starts = [day for day in (rule.from_, None if campaign is None else campaign.from_) if day is not None]
        ends = [day for day in (rule.through, None if campaign is None else campaign.through) if day is not None]
        if not starts and not ends and rule.during is None:
            return None
        latest = max(starts, key=lambda day: bound(self.zone, day, end=False)) if starts else None
        earliest = min(ends, key=lambda day: bound(self.zone, day, end=True)) if ends else None
        return Schedule(self.zone, latest, earliest, rule.during)

    def _ladder(self, rule: written.Rule) -> tuple[int, Ladder] | None:
        if not rule.by_tier:
            return None
        for index, ladder in enumerate(self.document.ladders):
            named = {tier.id for tier in ladder.tiers}
            if rule.ladder == ladder.id or (rule.ladder is None and named >= set(rule.by_tier)):
                return index, ladder
        raise ValueError(f"no ladder has the tiers of rule {rule.id}")

    def _branch(
        self, rule: written.Rule, branch: written.Branch, ladder: tuple[int, Ladder] | None, asked: _Asked
    ) -> Branch:
        if branch.when is None:
            otherwise = None if branch.otherwise == "nothing" else branch.otherwise
            return Branch(None, self._awards(rule, each_of(otherwise), ladder, asked))
        return Branch(asked.condition(branch.when), self._awards(rule, each_of(branch.award), ladder, asked))

    def _awards(
        self,
        rule: written.Rule,
        awards: Sequence[written.Award],
        ladder: tuple[int, Ladder] | None,
        asked: _Asked,
    ) -> tuple[Award, ...]:
        return tuple(
            self._award(rule.id if index == 0 else f"{rule.id}#{index}", rule, award, ladder, asked)
            for index, award in enumerate(awards)
        )

    def _award(
        self, key: str, rule: written.Rule, award: written.Award, ladder: tuple[int, Ladder] | None, asked: _Asked
    ) -> Award:
        wallet = self.document.wallets[award.wallet]
        spendable = wallet.kind != "qualifying"
        scale = digits(wallet.currency or self.document.currency) if wallet.kind == "money" else wallet.scale
        per: Fraction
        if award.rate is not None:
            mode, units, per = "money", award.rate.fraction, Fraction(1)
        elif award.formula is not None:
            mode, units, per = "formula", Fraction(10) ** scale, Fraction(1)
        else:
            assert award.points is not None
            units = Fraction(award.points) * 10**scale
            if isinstance(award.per, MoneyText):
                mode, per = "money", Fraction(award.per.minor)
            elif award.per is None:
                mode, per = "fixed", Fraction(1)
            else:
                mode, per = award.per, Fraction(1)
        rates = self._rates(rule, units / per, per, scale, ladder if spendable else None)
        formula = None
        if award.formula is not None:
            formula = compile_formula(award.formula, asked.catalogue)
            asked.reads |= formula.reads
        return Award(
            key=key,
            wallet=self.ordinals[award.wallet],
            mode=mode,  # type: ignore[arg-type] # one of the five above
            rates=rates,
            of=award.of,
            rounding=award.rounding,
            each_line=award.round_each == "line",
            full_minor=int(per) if award.full_only and mode == "money" else 0,
            carry=award.carry_fraction,
            formula=formula,
            fallback=int((award.fallback or 0) * Fraction(10) ** scale),
            expiry=None if award.expiry is None else compile_ending(award.expiry),
            available=None if award.available is None else compile_starting(award.available),
            spendable=spendable,
        )

    def _rates(
        self, rule: written.Rule, base: Fraction, per: Fraction, scale: int, ladder: tuple[int, Ladder] | None
    ) -> tuple[Rate, ...]:
        """Return one rate per tier: its own entry, else the nearest lower tier's, else the base."""
        if ladder is None:
            return (Rate(base.numerator, base.denominator),)
        rates = []
        current = base
        for tier in ladder[1].tiers:
            own = rule.by_tier.get(tier.id)
            if own is not None:
                current = base if own.points is None else Fraction(own.points) * 10**scale / per
                current *= Fraction(own.times if own.times is not None else Decimal(1))
            rates.append(Rate(current.numerator, current.denominator))
        return tuple(rates)

    def _multiplier(self, multiply: written.Multiply, asked: _Asked) -> Multiplier:
        if multiply.wallets is None:
            wallets = {id for id, wallet in self.document.wallets.items() if wallet.kind != "qualifying"}
        else:
            wallets = set(multiply.wallets)
        extra = Fraction(multiply.times) - 1
        return Multiplier(
            extra=Rate(extra.numerator, extra.denominator),
            rules=None if multiply.rules == "all" else frozenset(multiply.rules),
            wallets=frozenset(self.ordinals[id] for id in wallets),
            only_lines=None if multiply.only_lines is None else asked.line_filter(multiply.only_lines),
        )


class _Asked:
    """The conditions of one trigger, each once."""

    def __init__(self, catalogue: Catalogue, dynamic: Mapping[str, Logic]) -> None:
        self.catalogue = catalogue
        self.dynamic = dynamic
        self.conditions: list[Condition] = []
        self.filters: list[LineFilter] = []
        self.reads: set[str] = set()
        self.metrics: list[MetricRead] = []

    def condition(self, short: Mapping[str, Any]) -> int:
        """Add a condition as written; return its position."""
        return self.logic(written_out(expand(short, self.catalogue), self.dynamic))

    def logic(self, logic: Logic) -> int:
        """Add checked JSONLogic; return its position."""
        for position, known in enumerate(self.conditions):
            if known.source == logic:
                return position
        self._reads(logic)
        self.conditions.append(compile_condition(logic))
        return len(self.conditions) - 1

    def read_by(self, short: Mapping[str, Any]) -> frozenset[str]:
        """Return the fields a condition as written reads."""
        return frozenset(fields_read(expand(short, self.catalogue)))

    def line_filter(self, short: Mapping[str, Any]) -> int:
        """Add a filter asked of each line; return its position among the filters."""
        logic = expand(short, of_lines(self.catalogue), line=True)
        for position, known in enumerate(self.filters):
            if known.source == logic:
                return position
        self._reads(logic)
        self.filters.append(compile_line_filter(logic))
        return len(self.filters) - 1

    def _reads(self, logic: Logic) -> None:
        self.reads |= fields_read(logic)
        self.metrics += metrics_read(logic, self.catalogue)
