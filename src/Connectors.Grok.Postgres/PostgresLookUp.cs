namespace Connectors.Grok.Postgres;

/// <summary>The statements that read what a call needs before its request, in one round trip.</summary>
internal static class PostgresLookUp
{
    /// <summary>A name with its head. Parameter: the name's key.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string Head(string s) => $"""
        select c.tenant, c.name, h.id, c.created_ticks, c.updated_ticks, c.title, h.document, h.content
        from {s}.conversation_names c left join {s}.conversation_turns h on h.key = c.head where c.key = $1
        """;

    /// <summary>
    /// A name with its head, the turn with the last of the fingerprints, and whether the tree holds one of the answers or turns.
    /// Parameters: the name's key, the fingerprints, the fingerprints of answers, the keys of turns. The turns of the name are found by an
    /// index. Of other names, only those on the chain are searched: the names whose turns the head or the branch point continues, from
    /// trunk to trunk. What is found there counts when the way up from the chain leads to it; nothing is walked when nothing was found.
    /// The head's path is walked only when several turns have the fingerprint. <c>offset 0</c> keeps each search an index lookup of its own:
    /// joined freely, a long history makes the planner read the whole table.
    /// </summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string History(string s) => $"""
        with recursive {Found(s)},
        {Held(s)}
        select c.tenant, c.name, h.id, c.created_ticks, c.updated_ticks, c.title, h.document, h.content, m.document, m.content, exists (select 1 from held)
        from {s}.conversation_names c
        left join {s}.conversation_turns h on h.key = c.head
        left join {s}.conversation_turns m on m.key = (
          select key from best order by key in (select key from line) desc, created desc, key desc limit 1)
        where c.key = $1
        """;

    /// <summary>The turns that the lists name, of every owner on the chain.</summary>
    private static string Found(string s) => $"""
        conversation (key, head, branch_point) as materialized (
          select key, head, branch_point from {s}.conversation_names where key = $1),
        chain (key) as (
          select head from conversation where head is not null
          union
          select branch_point from conversation where branch_point is not null
          union
          select t.trunk from chain join {s}.conversation_turns t on t.key = chain.key where t.trunk is not null),
        others (key) as materialized (
          select distinct t.owner from chain join {s}.conversation_turns t on t.key = chain.key where t.owner <> $1),
        owners (key) as materialized (select key from conversation union all select key from others),
        found (rank, key, owner, depth, created) as materialized (
          select f.rank, t.* from unnest($2) with ordinality as f (value, rank) cross join owners o
          cross join lateral (
            select t.key, t.owner, t.depth, t.created_ticks from {s}.conversation_turns t
            where t.owner = o.key and t.fingerprint = f.value and t.kind = 0 offset 0) t
          union all
          (select 0, t.* from unnest($3) as a (value)
           cross join lateral (
             select t.key, t.owner, t.depth, t.created_ticks from {s}.conversation_turns t
             where t.owner = $1 and t.answer_fingerprint = a.value and t.kind = 0 offset 0) t limit 1)
          union all
          select 0, t.* from unnest($3) as a (value) cross join others o
          cross join lateral (
            select t.key, t.owner, t.depth, t.created_ticks from {s}.conversation_turns t
            where t.owner = o.key and t.answer_fingerprint = a.value and t.kind = 0 offset 0) t
          union all
          select 0, t.* from unnest($4) as i (value)
          cross join lateral (
            select t.key, t.owner, t.depth, t.created_ticks from {s}.conversation_turns t where t.key = i.value and t.kind = 0 offset 0) t
          where t.owner in (select key from owners))
        """;

    /// <summary>Those of the found turns that are in the tree, the best of them, and the head's path down to their depth.</summary>
    private static string Held(string s) => $"""
        above (key, parent, depth) as (
          select t.key, t.parent, t.depth from chain join {s}.conversation_turns t on t.key = chain.key
          where t.owner in (select found.owner from found where found.owner <> $1)
          union
          select p.key, p.parent, p.depth from above join {s}.conversation_turns p on p.key = above.parent
          where p.depth >= (select min(found.depth) from found where found.owner <> $1)),
        held (rank, key, depth, created) as materialized (
          select rank, key, depth, created from found where owner = $1 or key in (select key from above)),
        best (key, depth, created) as materialized (
          select key, depth, created from held where rank > 0 and rank = (select max(rank) from held)),
        line (key, parent, depth) as (
          select t.key, t.parent, t.depth from conversation c join {s}.conversation_turns t on t.key = c.head where (select count(*) from best) > 1
          union all
          select p.key, p.parent, p.depth from line join {s}.conversation_turns p on p.key = line.parent
          where p.depth >= (select min(depth) from best))
        """;
}
