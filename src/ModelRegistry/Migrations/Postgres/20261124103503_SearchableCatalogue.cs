using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Terradev.ModelRegistry.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SearchableCatalogue : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // A copy of what the hubs and the snapshot say: it is made anew.
            migrationBuilder.DropTable(name: "models");

            migrationBuilder.AlterDatabase()
                .Annotation("Npgsql:PostgresExtension:pg_trgm", ",,");

            migrationBuilder.CreateTable(
                name: "catalog_syncs",
                columns: table => new
                {
                    Source = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Status = table.Column<string>(type: "text", nullable: false),
                    Cursor = table.Column<string>(type: "text", nullable: true),
                    Since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    NextSince = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Mark = table.Column<string>(type: "text", nullable: true),
                    Pages = table.Column<long>(type: "bigint", nullable: false),
                    Seen = table.Column<long>(type: "bigint", nullable: false),
                    Added = table.Column<long>(type: "bigint", nullable: false),
                    Updated = table.Column<long>(type: "bigint", nullable: false),
                    Skipped = table.Column<long>(type: "bigint", nullable: false),
                    SkippedReasons = table.Column<string>(type: "text", nullable: false),
                    Failures = table.Column<int>(type: "integer", nullable: false),
                    Reason = table.Column<string>(type: "text", nullable: true),
                    StartedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    UpdatedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    FinishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    LastCompleteAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    WaitUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    LeaseOwner = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    LeaseUntil = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Sequence = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_catalog_syncs", x => x.Source);
                });

            migrationBuilder.CreateTable(
                name: "models",
                columns: table => new
                {
                    Number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Source = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    Key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false, collation: "C"),
                    Id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Title = table.Column<string>(type: "text", nullable: true),
                    Revision = table.Column<string>(type: "text", nullable: true),
                    Task = table.Column<string>(type: "text", nullable: true),
                    Library = table.Column<string>(type: "text", nullable: true),
                    License = table.Column<string>(type: "text", nullable: true),
                    Gated = table.Column<bool>(type: "boolean", nullable: false),
                    Parameters = table.Column<long>(type: "bigint", nullable: false),
                    SizeBytes = table.Column<long>(type: "bigint", nullable: false),
                    Downloads = table.Column<long>(type: "bigint", nullable: false),
                    Likes = table.Column<long>(type: "bigint", nullable: false),
                    Stars = table.Column<long>(type: "bigint", nullable: false),
                    Trending = table.Column<long>(type: "bigint", nullable: false),
                    Popularity = table.Column<long>(type: "bigint", nullable: false),
                    Created = table.Column<long>(type: "bigint", nullable: false),
                    LastModified = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    Tags = table.Column<string>(type: "text", nullable: false),
                    Words = table.Column<string>(type: "text", nullable: false),
                    InferenceBytes32 = table.Column<long>(type: "bigint", nullable: true),
                    InferenceBytes16 = table.Column<long>(type: "bigint", nullable: true),
                    InferenceBytes8 = table.Column<long>(type: "bigint", nullable: true),
                    InferenceBytes4 = table.Column<long>(type: "bigint", nullable: true),
                    FullBytes32 = table.Column<long>(type: "bigint", nullable: true),
                    FullBytes16 = table.Column<long>(type: "bigint", nullable: true),
                    LoraBytes16 = table.Column<long>(type: "bigint", nullable: true),
                    LoraBytes8 = table.Column<long>(type: "bigint", nullable: true),
                    QloraBytes4 = table.Column<long>(type: "bigint", nullable: true),
                    Document = table.Column<string>(type: "text", nullable: false),
                    Listed = table.Column<bool>(type: "boolean", nullable: false),
                    Origin = table.Column<string>(type: "text", nullable: false),
                    AsOf = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_models", x => x.Number);
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    MessageId = table.Column<Guid>(type: "uuid", nullable: false),
                    Type = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Subject = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    Sequence = table.Column<long>(type: "bigint", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false),
                    OccurredAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    TraceParent = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    Position = table.Column<long>(type: "bigint", nullable: true),
                    PublishedAt = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outbox", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_models_Created_Number",
                table: "models",
                columns: new[] { "Created", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Downloads_Number",
                table: "models",
                columns: new[] { "Downloads", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Key_Source",
                table: "models",
                columns: new[] { "Key", "Source" });

            migrationBuilder.CreateIndex(
                name: "IX_models_Likes_Number",
                table: "models",
                columns: new[] { "Likes", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Parameters_Number",
                table: "models",
                columns: new[] { "Parameters", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Popularity_Number",
                table: "models",
                columns: new[] { "Popularity", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_SizeBytes_Number",
                table: "models",
                columns: new[] { "SizeBytes", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_models_Source_Key",
                table: "models",
                columns: new[] { "Source", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_models_Trending_Number",
                table: "models",
                columns: new[] { "Trending", "Number" },
                descending: new[] { true, false });

            migrationBuilder.CreateIndex(
                name: "IX_outbox_MessageId",
                table: "outbox",
                column: "MessageId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Position",
                table: "outbox",
                column: "Position",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outbox_PublishedAt",
                table: "outbox",
                column: "PublishedAt");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_Subject_Sequence",
                table: "outbox",
                columns: new[] { "Subject", "Sequence" },
                unique: true);

            // Words are the index's own lexemes; no parser is to cut or stem them. Every search reads what was added and is not in the index
            // proper yet, so that there is little of it.
            migrationBuilder.Sql(
                """
                ALTER TABLE models ADD COLUMN "Search" tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array("Words", ' '))) STORED;
                CREATE INDEX "IX_models_Search" ON models USING gin ("Search") WITH (gin_pending_list_limit = 1024);
                CREATE INDEX "IX_models_Search_MostPopular" ON models USING gin ("Search") WITH (gin_pending_list_limit = 1024) WHERE "Popularity" + 0 >= 65000;
                CREATE INDEX "IX_models_Search_Popular" ON models USING gin ("Search") WITH (gin_pending_list_limit = 1024) WHERE "Popularity" + 0 >= 30000;
                CREATE INDEX "IX_models_Key_Trigrams" ON models USING gin ("Key" gin_trgm_ops) WITH (gin_pending_list_limit = 1024);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "catalog_syncs");

            migrationBuilder.DropTable(
                name: "models");

            migrationBuilder.DropTable(
                name: "outbox");
        }
    }
}
