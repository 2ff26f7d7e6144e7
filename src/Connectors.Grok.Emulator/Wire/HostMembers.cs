using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes the members of a response object that only some hosts have.</summary>
internal static class HostMembers
{
    private const decimal TicksPerUsd = 10_000_000_000m;

    /// <summary>Writes the cost in the form of the host, and its further members of the usage.</summary>
    public static void WriteCost(Utf8JsonWriter writer, long ticks, HostWire wire)
    {
        switch (wire.Cost)
        {
            case CostForm.Ticks:
                writer.WriteNumber("cost_in_usd_ticks", ticks);
                break;
            case CostForm.Usd:
                writer.WriteNumber("cost", ticks / TicksPerUsd);
                writer.WriteBoolean("is_byok", false);
                writer.WriteStartObject("cost_details");
                writer.WriteNull("upstream_inference_cost");
                writer.WriteEndObject();
                break;
        }

        if (wire.TrafficType is { } trafficType)
        {
            writer.WriteStartObject("extra_properties");
            writer.WriteStartObject("google");
            writer.WriteString("traffic_type", trafficType);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    /// <summary>Writes the results of filters that found nothing.</summary>
    public static void WriteContentFilters(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("content_filters");
        foreach (var source in (string[])["prompt", "completion"])
        {
            writer.WriteStartObject();
            writer.WriteBoolean("blocked", false);
            writer.WriteString("source_type", source);
            writer.WriteStartObject("content_filter_results");
            foreach (var category in (string[])["hate", "self_harm", "sexual", "violence"])
            {
                writer.WriteStartObject(category);
                writer.WriteBoolean("filtered", false);
                writer.WriteString("severity", "safe");
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteStartObject("content_filter_offsets");
            writer.WriteNumber("start_offset", 0);
            writer.WriteNumber("end_offset", 0);
            writer.WriteNumber("check_offset", 0);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
