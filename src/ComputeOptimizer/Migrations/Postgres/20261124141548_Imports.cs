using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Terradev.ComputeOptimizer.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Imports : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "NvLink",
                table: "offers");

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "AsOf",
                table: "price_snapshots",
                type: "timestamp with time zone",
                nullable: false,
                oldClrType: typeof(DateOnly),
                oldType: "date");

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "PriceAsOf",
                table: "offers",
                type: "timestamp with time zone",
                nullable: true,
                oldClrType: typeof(DateOnly),
                oldType: "date");

            migrationBuilder.AddColumn<string>(
                name: "Interconnect",
                table: "offers",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Interconnect",
                table: "offers");

            migrationBuilder.AlterColumn<DateOnly>(
                name: "AsOf",
                table: "price_snapshots",
                type: "date",
                nullable: false,
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone");

            migrationBuilder.AlterColumn<DateOnly>(
                name: "PriceAsOf",
                table: "offers",
                type: "date",
                nullable: false,
                defaultValue: new DateOnly(1, 1, 1),
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone",
                oldNullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "NvLink",
                table: "offers",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }
    }
}
