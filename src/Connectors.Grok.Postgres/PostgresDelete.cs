namespace Connectors.Grok.Postgres;

/// <summary>
/// The statements that delete conversations with the turns that no other needs. Lookups of one row are written as a range of one value in
/// the order of the index: as an equality, statistics of a value with many rows make the planner read the whole table.
/// </summary>
internal static class PostgresDelete
{
    /// <param name="s">The name of the schema, quoted.</param>
    public static string LockOne(string s) => $"""
        select key from {s}.conversation_names
        where key = $1 and ($2 is null or (updated_ticks = $2 and head is not distinct from $3)) for update
        """;

    /// <summary>Parameters: the moment, the largest number of conversations, the largest number of turns to count, the time from which to look.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string Old(string s) => $"""
        select c.key, c.updated_ticks, (
          select count(*) from (
            select 1 from {s}.conversation_turns t where t.owner >= c.key and t.owner <= c.key order by t.owner limit $3) turns)
        from (
          select key, updated_ticks from {s}.conversation_names
          where updated_ticks < $1 and updated_ticks >= $4 order by updated_ticks limit $2) c
        order by c.updated_ticks
        """;

    /// <summary>Locks those of the conversations ($2) that still were last changed before the moment ($1), in an order that all calls use.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string LockOld(string s) => $"select key from {s}.conversation_names where key = any($2) and updated_ticks < $1 order by key for update";

    /// <summary>
    /// Each with its parent and one conversation that references it itself, by its head, its branch point or a turn that continues it. One
    /// reference of each kind is looked up: however many conversations reference a turn, the others are not read.
    /// </summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string Kept(string s) => $"""
        with recursive referenced (key, heir) as materialized (
          select t.key, coalesce(
            (select c.key from {s}.conversation_names c where c.head >= t.key and c.head <= t.key and c.key <> all($1) order by c.head limit 1),
            (select c.key from {s}.conversation_names c
             where c.branch_point >= t.key and c.branch_point <= t.key and c.key <> all($1) order by c.branch_point limit 1),
            (select b.owner from {s}.conversation_turns b
             where b.parent >= t.key and b.parent <= t.key and b.owner <> all($1) order by b.parent limit 1))
          from {s}.conversation_turns t where t.owner = any($1)),
        kept (key, parent, depth) as (
          select r.key, t.parent, t.depth from referenced r join {s}.conversation_turns t on t.key = r.key where r.heir is not null
          union
          select p.key, p.parent, p.depth from kept join {s}.conversation_turns p on p.key = kept.parent where p.owner = any($1))
        select kept.key, kept.parent, r.heir from kept join referenced r on r.key = kept.key order by kept.depth desc
        """;

    /// <param name="s">The name of the schema, quoted.</param>
    public static string Reassign(string s) => $"""
        update {s}.conversation_turns as t set owner = given.heir, trunk = coalesce(given.trunk, t.trunk)
        from unnest($1, $2, $3) as given (key, heir, trunk) where t.key = given.key
        """;

    /// <summary>A conversation that takes over the turns to remove, so that they are deleted as those of a deleted conversation are. Parameters: its key, the tenant's key, the tenant, its name.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string Doomed(string s) => $"""
        insert into {s}.conversation_names (key, tenant_key, tenant, name, head, created_ticks, updated_ticks) values ($1, $2, $3, $4, null, 0, 0)
        """;

    /// <summary>
    /// Gives the turns that a conversation ($2) owns among a turn ($1) and those that follow it to another one ($3). Their trunk is the turn above them.
    /// </summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string GiveBelow(string s) => $"""
        with recursive first (key, owner, parent) as (
          select key, owner, parent from {s}.conversation_turns where key = $1),
        start (key) as (
          select key from first where owner = $2
          union all
          select t.key from first f join {s}.conversation_turns t on t.parent = f.key where f.owner <> $2 and t.owner = $2),
        below (key) as (
          select key from start
          union all
          select t.key from below join {s}.conversation_turns t on t.parent = below.key where t.owner = $2)
        update {s}.conversation_turns set owner = $3, trunk = (select case when owner = $2 then parent else key end from first)
        where key in (select key from below)
        """;

    /// <summary>A conversation ($1) that inherited the turn at which it was forked does not keep it when another one ($2) takes the turn over.</summary>
    /// <param name="s">The name of the schema, quoted.</param>
    public static string LeaveBranchPoint(string s) => $"""
        update {s}.conversation_names set branch_point = null
        where key = $1 and branch_point in (select key from {s}.conversation_turns where owner = $2)
        """;

    /// <param name="s">The name of the schema, quoted.</param>
    /// <param name="columns">What to return of each turn.</param>
    public static string Delete(string s, string columns) => $"""
        with names as (delete from {s}.conversation_names where key = any($1))
        delete from {s}.conversation_turns as t where t.owner = any($1) returning {columns}
        """;
}
