using System.Text.Json.Serialization;

namespace Web.Markdown;

/// <summary>A change of a growing tree: children of a node are replaced from an index on, or a text grows.</summary>
/// <param name="At">The path of child indexes from the root to the node.</param>
/// <param name="From">The index of the first replaced child; null when the text grows.</param>
/// <param name="Nodes">The children from that index on.</param>
/// <param name="Append">The text to append to the leaf.</param>
internal sealed record Change(
    IReadOnlyList<int> At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? From,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Node>? Nodes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Append)
{
    /// <summary>Returns the changes from one list of blocks to the next one. An appended word is one small change, however long the block is.</summary>
    /// <param name="before">The earlier blocks.</param>
    /// <param name="after">The later blocks.</param>
    /// <param name="first">The index of the first block in the answer.</param>
    public static IReadOnlyList<Change> Between(IReadOnlyList<Node> before, IReadOnlyList<Node> after, int first)
    {
        var changes = new List<Change>();
        Compare(before, after, [], first, changes);
        return changes;
    }

    private static void Compare(IReadOnlyList<Node> before, IReadOnlyList<Node> after, List<int> path, int first, List<Change> changes)
    {
        var index = 0;
        while (index < before.Count && index < after.Count && before[index].IsSameTree(after[index]))
        {
            index++;
        }

        if (index == before.Count && index == after.Count)
        {
            return;
        }

        // Only the last of the earlier children can grow; anything else is replaced.
        if (index == before.Count - 1 && index < after.Count && before[index].HasSameHead(after[index]) && Grow(before[index], after[index], [.. path, first + index], changes))
        {
            index++;
        }

        if (index < before.Count || index < after.Count)
        {
            changes.Add(new Change([.. path], first + index, [.. after.Skip(index)], null));
        }
    }

    private static bool Grow(Node before, Node after, List<int> path, List<Change> changes)
    {
        // The page decides by the whole text of a link whether to show its host, so a link is replaced as a whole.
        if (before.Href is not null)
        {
            return false;
        }

        if (before.Text is null)
        {
            Compare(before.Nodes ?? [], after.Nodes ?? [], path, 0, changes);
            return true;
        }

        if (!after.Text!.StartsWith(before.Text, StringComparison.Ordinal))
        {
            return false;
        }

        changes.Add(new Change(path, null, null, after.Text[before.Text.Length..]));
        return true;
    }
}
