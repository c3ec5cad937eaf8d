-- One row per area of today, last month, window and indicator: the ratio, its counts, the year before, and the target.
-- key: area_code, month, time_window, indicator
-- from: window_totals, time_windows, indicator_terms, indicator_definitions, targets, areas_of_today
--
-- Rates of a single month are annualised by days; all others are as counted, with the annualised figure beside them.
-- A count has no denominator: its value is factor × numerator.
-- The gap to a target is positive where the target is missed, negative where there is room left.

create view indicator_values as
with

terms as (
    select
        window_totals.window_number,
        window_totals.area_code,
        indicator_terms.indicator,
        indicator_terms.side,
        indicator_terms.coefficient,
        window_totals.is_estimated,
        case
            when window_totals.kind = 'stock' and indicator_definitions.is_per_person_year
                then window_totals.averages_missing
            else window_totals.months_missing
        end as months_missing,
        case
            when window_totals.kind = 'flow' then window_totals.total
            when indicator_definitions.is_per_person_year then window_totals.average
            else window_totals.closing
        end as figure
    from window_totals
    join indicator_terms
        on indicator_terms.element = window_totals.element
    join indicator_definitions
        on indicator_definitions.indicator = indicator_terms.indicator
),

ratios as (
    select
        area_code,
        window_number,
        indicator,
        case
            when count(figure) filter (side = 'numerator') = count(*) filter (side = 'numerator')
                then sum(coefficient * figure) filter (side = 'numerator')
        end as numerator,
        case
            when count(figure) filter (side = 'denominator') = count(*) filter (side = 'denominator')
                then sum(coefficient * figure) filter (side = 'denominator')
        end as denominator,
        sum(abs(coefficient) * figure) filter (side = 'numerator') as events,
        max(months_missing) as months_missing,
        bool_or(is_estimated) filter (side = 'denominator') as is_denominator_estimated
    from terms
    group by all
),

valued as (
    select
        ratios.*,
        time_windows.month,
        time_windows.time_window,
        indicator_definitions.method,
        indicator_definitions.factor,
        indicator_definitions.concept,
        time_windows.days / time_windows.days_of_year as share_of_year,
        case
            when indicator_definitions.is_per_person_year and time_windows.time_window = 'month' then share_of_year
            else 1.0
        end as year_share,
        case
            when indicator_definitions.method = 'count' then factor * numerator
            else factor * numerator / nullif(denominator * year_share, 0)
        end as value,
        case
            when indicator_definitions.is_per_person_year
                then factor * numerator / nullif(denominator * share_of_year, 0)
        end as value_annualised
    from ratios
    join indicator_definitions
        on indicator_definitions.indicator = ratios.indicator
    join time_windows
        on time_windows.window_number = ratios.window_number
),

-- an area's own target goes before that of its level; a rate is held against it only over a whole year, and a
-- count, which grows from January on, only over the year that the target is for
applicable_targets as (
    select
        valued.area_code,
        valued.month,
        valued.time_window,
        valued.indicator,
        first(targets.at_least order by targets.area_code desc) as target_lower,
        first(targets.at_most order by targets.area_code desc) as target_upper
    from valued
    join areas_of_today
        on areas_of_today.area_code = valued.area_code
    join targets
        on targets.indicator = valued.indicator
        and targets.year = year(valued.month)
        and (
            targets.area_code = valued.area_code
            or (targets.area_code = '' and targets.level = areas_of_today.level)
        )
    where valued.method in ('proportion', 'sex_ratio')
        or valued.time_window = 'year'
        or (valued.time_window = 'rolling_12' and valued.method <> 'count')
    group by all
),

final as (
    select
        valued.area_code,
        valued.month,
        valued.time_window,
        valued.indicator,
        valued.method,
        valued.factor,
        valued.numerator,
        valued.denominator,
        valued.events,
        valued.year_share,
        valued.months_missing,
        valued.concept as denominator_concept,
        coalesce(valued.is_denominator_estimated, false) as is_denominator_estimated,
        valued.value,
        valued.value_annualised,
        last_year.numerator as numerator_last_year,
        last_year.denominator as denominator_last_year,
        last_year.events as events_last_year,
        last_year.value as value_last_year,
        applicable_targets.target_lower,
        applicable_targets.target_upper,
        greatest(applicable_targets.target_lower - valued.value, valued.value - applicable_targets.target_upper) as gap,
        case
            when valued.value is null then coalesce(applicable_targets.target_upper, applicable_targets.target_lower)
            when gap = valued.value - applicable_targets.target_upper then applicable_targets.target_upper
            else applicable_targets.target_lower
        end as target
    from valued
    left join valued as last_year
        on last_year.area_code = valued.area_code
        and last_year.indicator = valued.indicator
        and last_year.time_window = valued.time_window
        and last_year.month = valued.month - interval 1 year
    left join applicable_targets
        on applicable_targets.area_code = valued.area_code
        and applicable_targets.indicator = valued.indicator
        and applicable_targets.time_window = valued.time_window
        and applicable_targets.month = valued.month
)

select * from final;
