namespace Connectors.Grok.Sqlite;

/// <content>Deleting names with their turns, and importing them.</content>
internal static partial class Sql
{
    private const string Doomed = "select value from json_each(@keys)";

    /// <summary>The names that were last changed before a moment, the oldest first, each with the number of its turns, counted up to <c>@rows</c>.</summary>
    public const string Old = """
        select c.key, (select count(*) from (select 1 from conversation_turns t where t.owner = c.key limit @rows))
        from conversation_names c where c.updated < @before order by c.updated
        """;

    /// <summary>
    /// The turns of deleted names that other names still need, each with one name that references it itself, by its head, its branch point
    /// or a turn that continues it. One reference of each kind is looked up by index, the newest first: however many names reference a
    /// turn, the others are not read, and the heir is seldom the next name to be deleted.
    /// </summary>
    public const string Kept = $"""
        with recursive
        referenced (key, heir) as materialized (
          select key, heir from (
            select t.key as key, coalesce(
              (select c.key from conversation_names c where c.head = t.key and c.key not in ({Doomed}) order by c.key desc limit 1),
              (select c.key from conversation_names c where c.branch_point = t.key and c.key not in ({Doomed}) order by c.key desc limit 1),
              (select b.owner from conversation_turns b where b.parent = t.key and b.owner not in ({Doomed}) order by b.key desc limit 1)) as heir
            from json_each(@keys) k cross join conversation_turns t where t.owner = k.value)
          where heir is not null),
        kept (key, parent) as (
          select r.key, t.parent from referenced r join conversation_turns t on t.key = r.key
          union
          select p.key, p.parent from kept cross join conversation_turns p where p.key = kept.parent and p.owner in ({Doomed}))
        select kept.key, kept.parent, r.heir from kept left join referenced r on r.key = kept.key
        order by kept.key desc
        """;

    public const string Reassign = "update conversation_turns set owner = @heir, trunk = coalesce(@trunk, trunk) where key = @key";

    public const string Owned = $"""
        select {Columns} from conversation_turns t
        where t.owner = @key order by t.depth, t.key
        """;

    public const string DeleteOwned = $"delete from conversation_turns where owner in ({Doomed})";

    public const string DeleteNames = $"delete from conversation_names where key in ({Doomed})";

    /// <summary>A name that takes over the turns to remove, so that they are deleted as those of a deleted name are.</summary>
    public const string CreateDoomed = "insert into conversation_names (tenant, name, head, created, updated) values (@tenant, @name, null, 0, 0)";

    /// <summary>Gives the turns that a name owns among a turn and those that follow it to another name. Their trunk is the turn above them.</summary>
    public const string GiveBelow = """
        with recursive
        first (key, owner, parent) as (select key, owner, parent from conversation_turns where tenant = @tenant and id = @id),
        below (key) as (
          select key from first where owner = @owner
          union all
          select t.key from first f join conversation_turns t on t.parent = f.key where f.owner <> @owner and t.owner = @owner
          union all
          select t.key from below join conversation_turns t on t.parent = below.key where t.owner = @owner)
        update conversation_turns set owner = @doomed, trunk = (select case when owner = @owner then parent else key end from first)
        where key in (select key from below)
        """;

    /// <summary>A name that inherited the turn at which it was forked does not keep it.</summary>
    public const string LeaveBranchPoint =
        "update conversation_names set branch_point = null where key = @owner and branch_point in (select key from conversation_turns where owner = @doomed)";

    public const string LastKey = "select last_insert_rowid()";

    /// <summary>A turn of a tree that is imported as a whole: the keys of its parent and of the name are known.</summary>
    public const string Import = """
        insert into conversation_turns (
          tenant, id, parent, owner, depth, kind, fingerprint, answer_fingerprint, created, input_tokens, output_tokens, cost, document, content)
        values (@tenant, @id, @parent, @owner, @depth, @kind, @fingerprint,
          @answer_fingerprint, @created, @input_tokens, @output_tokens, @cost, @document, @content)
        """;

    public const string PointToImported = "update conversation_names set head = @head where key = @key";
}
