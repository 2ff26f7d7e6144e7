namespace Connectors.Grok.Sqlite;

/// <content>What a call reads before its request, in one statement.</content>
internal static partial class Sql
{
    /// <summary>A name with its head.</summary>
    public const string LookUp = """
        select c.tenant, c.name, h.id, c.created, c.updated, c.title, h.document, h.content
        from conversation_names c left join conversation_turns h on h.key = c.head
        where c.tenant = @tenant and c.name = @name
        """;

    /// <summary>
    /// A name with its head, the turn with the last of the fingerprints, and whether the tree holds one of the answers or turns. The turns of
    /// the name are found by an index. Of other names, only those on the chain are searched: the names whose turns the head or the branch
    /// point continues, from trunk to trunk. What is found there counts when the way up from the chain leads to it; nothing is walked when
    /// nothing was found. The head's path is walked only when several turns have the fingerprint.
    /// </summary>
    public const string LookUpHistory = """
        with recursive conversation (key, head, branch_point) as materialized (
          select key, head, branch_point from conversation_names where tenant = @tenant and name = @name),
        chain (key) as (
          select head from conversation where head is not null
          union
          select branch_point from conversation where branch_point is not null
          union
          select t.trunk from chain join conversation_turns t on t.key = chain.key where t.trunk is not null),
        others (key) as materialized (
          select distinct t.owner from chain join conversation_turns t on t.key = chain.key where t.owner <> (select key from conversation)),
        owners (key) as materialized (select key from conversation union all select key from others),
        found (rank, key, owner, depth, created) as materialized (
          select f.key, t.key, t.owner, t.depth, t.created
          from json_each(@fingerprints) f cross join owners o cross join conversation_turns t
          where t.owner = o.key and t.fingerprint = f.value and t.kind = 0
          union all
          select * from (
            select -1, t.key, t.owner, t.depth, t.created
            from json_each(@answers) a cross join conversation o cross join conversation_turns t
            where t.owner = o.key and t.answer_fingerprint = a.value and t.kind = 0 limit 1)
          union all
          select -1, t.key, t.owner, t.depth, t.created
          from json_each(@answers) a cross join others o cross join conversation_turns t
          where t.owner = o.key and t.answer_fingerprint = a.value and t.kind = 0
          union all
          select -1, t.key, t.owner, t.depth, t.created
          from json_each(@ids) i cross join conversation_turns t
          where t.tenant = @tenant and t.id = i.value and t.kind = 0 and t.owner in (select key from owners)),
        above (key, parent, depth) as (
          select t.key, t.parent, t.depth from chain cross join conversation_turns t
          where t.key = chain.key and t.owner in (select found.owner from found join others on others.key = found.owner)
          union
          select p.key, p.parent, p.depth from above join conversation_turns p on p.key = above.parent
          where p.depth >= (select min(found.depth) from found join others on others.key = found.owner)),
        held (rank, key, depth, created) as materialized (
          select rank, key, depth, created from found
          where owner = (select key from conversation) or key in (select key from above)),
        best (key, depth, created) as materialized (
          select key, depth, created from held where rank >= 0 and rank = (select max(rank) from held)),
        line (key, parent, depth) as (
          select t.key, t.parent, t.depth from conversation c join conversation_turns t on t.key = c.head where (select count(*) from best) > 1
          union all
          select p.key, p.parent, p.depth from line join conversation_turns p on p.key = line.parent
          where p.depth >= (select min(depth) from best))
        select c.tenant, c.name, h.id, c.created, c.updated, c.title, h.document, h.content, m.document, m.content, exists (select 1 from held)
        from conversation_names c
        left join conversation_turns h on h.key = c.head
        left join conversation_turns m on m.key = (
          select key from best order by key in (select key from line) desc, created desc, key desc limit 1)
        where c.key = (select key from conversation)
        """;
}
