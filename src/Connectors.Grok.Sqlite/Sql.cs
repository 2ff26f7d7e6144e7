namespace Connectors.Grok.Sqlite;

/// <summary>
/// All SQL statements of the store. Rows reference each other by integer keys; ids are looked up once per call. Write transactions run one
/// at a time (<c>begin immediate</c>), so the result of a read still holds when the next statement of the transaction writes.
/// </summary>
internal static partial class Sql
{
    public const string Commit = "commit";

    /// <summary>The version of the schema that the file has now. Another process may have upgraded it since this one opened it.</summary>
    public const string SchemaVersion = "pragma user_version";

    /// <summary>The application id and schema version of the file, and the number of its tables and indexes.</summary>
    public const string FileHeader = "select application_id, user_version, (select count(*) from sqlite_schema) from pragma_application_id, pragma_user_version";

    private const string Info = """
        select c.tenant, c.name, h.id, c.created, c.updated, c.title
        from conversation_names c left join conversation_turns h on h.key = c.head
        """;

    public const string Find = $"""
        {Info}
        where c.tenant = @tenant and c.name = @name
        """;

    /// <summary>The first page of a tenant's names.</summary>
    public const string List = $"""
        {Info}
        where c.tenant = @tenant and c.updated >= @since
        order by c.updated desc, c.name limit @most
        """;

    /// <summary>
    /// The page after a position: the names of the same moment, then older ones. Two ranges of the index, so that a page costs a page,
    /// wherever it is and however many names have one time.
    /// </summary>
    public const string ListAfter = $"""
        select * from (
          {Info}
          where c.tenant = @tenant and c.updated = @updated and c.updated >= @since and c.name > @after
          order by c.name limit @most)
        union all
        select * from (
          {Info}
          where c.tenant = @tenant and c.updated < @updated and c.updated >= @since
          order by c.updated desc, c.name limit @most)
        order by 5 desc, 2 limit @most
        """;

    private const string Columns = "t.document, t.content";

    public const string Turn = $"select {Columns} from conversation_turns t where t.tenant = @tenant and t.id = @id";

    public const string Path = $"""
        with recursive path (key, parent, up) as (
          select key, parent, 0 from conversation_turns where tenant = @tenant and id = @id
          union all
          select t.key, t.parent, path.up + 1 from path join conversation_turns t on t.key = path.parent)
        select {Columns} from path join conversation_turns t on t.key = path.key
        order by path.up desc
        """;

    private const string TreeKeys = """
        with recursive tree (key) as (
          select head from conversation_names where tenant = @tenant and name = @name and head is not null
          union
          select branch_point from conversation_names where tenant = @tenant and name = @name and branch_point is not null
          union
          select t.key from conversation_turns t join conversation_names c on c.key = t.owner where c.tenant = @tenant and c.name = @name
          union
          select t.parent from tree join conversation_turns t on t.key = tree.key where t.parent is not null)
        """;

    public const string Tree = $"""
        {TreeKeys}
        select {Columns} from tree join conversation_turns t on t.key = tree.key
        order by t.depth, t.key
        """;

    /// <summary>The tree without the contents of its turns.</summary>
    public const string Outline = $"""
        {TreeKeys}
        select t.document, x'' from tree join conversation_turns t on t.key = tree.key
        order by t.depth, t.key
        """;

    public const string SetTitle = "update conversation_names set title = @title where tenant = @tenant and name = @name";

    /// <summary>The totals of the turns in a conversation's tree: one row for the turns that the conversation owns, one for shared turns.</summary>
    public const string Usage = $"""
        {TreeKeys}
        select t.owner = c.key, count(*), sum(t.input_tokens), sum(t.output_tokens), sum(t.cost), coalesce(sum(t.document ->> 'cached_input_tokens'), 0),
          iif(max(t.document ->> 'cached_input_tokens' > 0 and t.document ->> 'cache_savings_in_usd_ticks' is null), null,
            coalesce(sum(t.document ->> 'cache_savings_in_usd_ticks'), 0))
        from tree join conversation_turns t on t.key = tree.key join conversation_names c on c.tenant = @tenant and c.name = @name
        group by 1
        """;

    public const string Create = """
        insert into conversation_names (tenant, name, head, created, updated) values (@tenant, @name, null, @now, @now)
        on conflict (tenant, name) do nothing
        """;

    /// <summary>Matches the conversation whose head is the expected turn. A null expected turn matches only an empty head; an unknown turn matches nothing.</summary>
    private const string HeadIsExpected = """
        c.tenant = @tenant and c.name = @name and (@expected is null) = (c.head is null)
        and c.head is (select key from conversation_turns where tenant = @tenant and id = @expected)
        """;

    public const string Append = $"""
        insert into conversation_turns (
          tenant, id, parent, owner, trunk, depth, kind, fingerprint, answer_fingerprint, created, input_tokens, output_tokens, cost, document, content)
        select @tenant, @id, p.key, c.key, case when p.owner = c.key then p.trunk else p.key end, @depth, @kind, @fingerprint,
          @answer_fingerprint, @created, @input_tokens, @output_tokens, @cost, @document, @content
        from conversation_names c left join conversation_turns p on p.tenant = @tenant and p.id = @parent
        where {HeadIsExpected} and (@parent is null or p.key is not null)
        """;

    public const string PointToAppended = """
        update conversation_names as c set head = iif(@stays, head, last_insert_rowid()), updated = @now,
          branch_point = case when @expected is not null then branch_point else coalesce(branch_point,
            (select p.key from conversation_turns p where p.tenant = @tenant and p.id = @parent and p.owner <> c.key)) end
        where c.tenant = @tenant and c.name = @name
        """;

    public const string Move = $"""
        update conversation_names as c set head = (select key from conversation_turns where tenant = @tenant and id = @head), updated = @now,
          branch_point = case when @expected is not null then branch_point else coalesce(branch_point,
            (select t.key from conversation_turns t where t.tenant = @tenant and t.id = @head and t.owner <> c.key)) end
        where {HeadIsExpected} and (@head is null or exists (select 1 from conversation_turns where tenant = @tenant and id = @head))
        """;

    /// <summary>Replaces a turn's document and content. The document keeps the parent and the depth that the row has.</summary>
    public const string Replace = """
        update conversation_turns as t set kind = @kind, fingerprint = @fingerprint, answer_fingerprint = @answer_fingerprint, created = @created,
          input_tokens = @input_tokens, output_tokens = @output_tokens, cost = @cost, content = @content,
          document = json_set(@document, '$.parent_id', (select p.id from conversation_turns p where p.key = t.parent), '$.depth', t.depth)
        where t.tenant = @tenant and t.id = @id and t.content = @replaced
        """;

    public const string TurnKey = "select key from conversation_turns where tenant = @tenant and id = @id";

    /// <summary>The key of a name; none when it is no longer as it was found.</summary>
    public const string Key = """
        select c.key from conversation_names c left join conversation_turns h on h.key = c.head
        where c.tenant = @tenant and c.name = @name and (@updated is null or (c.updated = @updated and h.id is @head))
        """;
}
